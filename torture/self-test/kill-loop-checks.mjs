import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasReached, missedPhases, noKills, startPhase } from '../kill-loop/kill-phases.mjs';
import { linesWithoutOrphans } from '../kill-loop/orphaned-workers.mjs';
import { sharesOf } from '../kill-loop/run-kill-loops.mjs';
import { outcomesOf } from './outcomes-of.mjs';

/**
 * @import { KillCounts } from '../kill-loop/kill-phases.mjs'
 */

/** What Node 20 writes when a primary is killed while a worker of it begins. */
const ORPHAN = `node:events:502
      throw er; // Unhandled 'error' event
      ^

Error: write EPIPE
    at target._send (node:internal/child_process:878:20)
    at sendHelper (node:internal/cluster/utils:28:15)
    at cluster._setupWorker (node:internal/cluster/child:55:3)
    at node:internal/main/run_main_module:11:19
Emitted 'error' event on Worker instance at:
    at process.emit (node:events:524:28)
    at process.processTicksAndRejections (node:internal/process/task_queues:77:11) {
  errno: -32,
  code: 'EPIPE',
  syscall: 'write'
}

Node.js v20.20.2
`;

/** What starts note, and what the kill loop makes of it. */
const NOTES = {
  'opening metadata': 'opening',
  starting: 'starting',
  'sweeping and serving': 'takingUp',
  serving: 'served',
};

/** @param {Partial<KillCounts>} counts */
const missed = (counts) => missedPhases({ ...noKills(), ...counts }).length;

/** @param {string} log */
const kept = (log) => linesWithoutOrphans(log).filter((line) => line !== '');

/** That the kill loop knows what it has killed, and says what it has missed. */
const CHECKS = {
  'the kill loop knows how far a start has come, by its note': () => {
    const directory = mkdtempSync(join(tmpdir(), 'openoss-notes-'));
    try {
      assert.equal(startPhase(directory, 0), 'before');
      for (const [phase, meant] of Object.entries(NOTES)) {
        const starts = [
          { at: 10, phase: 'serving' },
          { at: 20, phase },
        ];
        writeFileSync(join(directory, 'starts.json'), JSON.stringify({ starts, refused: false }));
        assert.equal(startPhase(directory, 20), meant);
        assert.equal(startPhase(directory, 21), 'before', 'that was an earlier start');
        assert.equal(hasReached(startPhase(directory, 20), 'starting'), meant !== 'opening');
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
  'a kill loop that has missed the recovery, the sweeper or keys in the making is a violation':
    () => {
      assert.equal(missed({}), 1);
      assert.equal(missed({ load: 3 }), 0, 'so few were asked for');
      assert.equal(missed({ load: 50 }), 4);
      assert.equal(missed({ load: 47, keys: 1, starting: 1, sweeping: 1 }), 1);
      assert.equal(missed({ load: 47, keys: 1, opening: 1, takingUp: 1 }), 1);
      assert.equal(missed({ load: 39, keys: 1, idle: 8, starting: 1, opening: 1 }), 1);
      assert.equal(missed({ load: 47, opening: 1, starting: 1, sweeping: 1 }), 1);
      assert.equal(missed({ load: 46, keys: 1, opening: 1, starting: 1, sweeping: 1 }), 0);
    },
  'the kills are shared out to the last, and no loop has none': () => {
    for (const kills of [1, 2, 3, 50, 51, 2000]) {
      const shares = sharesOf(kills);
      assert.equal(
        shares.reduce((sum, share) => sum + share, 0),
        kills,
      );
      assert.ok(shares.every((share) => share > 0));
    }
  },
  'of what a killed server writes only the loss of the primary at a start is passed over': () => {
    const ours = '    at serve (file:///openoss/packages/server/dist/start-service.js:1:1)';
    assert.deepEqual(kept(ORPHAN + ORPHAN), []);
    assert.deepEqual(kept(`${ORPHAN}TypeError: not a function\n${ours}`), [
      'TypeError: not a function',
      ours,
    ]);
    assert.deepEqual(kept(`Error: write EPIPE\n${ours}`), ['Error: write EPIPE', ours]);
  },
};

export const killLoopChecks = () => outcomesOf(CHECKS);
