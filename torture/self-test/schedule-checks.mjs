import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { Progress } from '../runner/progress.mjs';
import { runSchedule } from '../runner/run-schedule.mjs';
import { outcomesOf } from './outcomes-of.mjs';

/**
 * @import { Part } from '../runner/options.mjs'
 * @import { PartContext } from '../runner/run-parts.mjs'
 */

/** @type {readonly Part[]} */
const PARTS = ['kill-loop', 'forgetting-disk', 'faults', 'order', 'clients'];

/**
 * Runs a schedule of parts that do nothing, some of which cannot be run.
 * @param {readonly Part[]} broken
 */
async function schedule(broken) {
  /** @type {string[]} */
  const begun = [];
  /** @type {string[]} */
  const told = [];
  const error = await runSchedule(
    PARTS,
    /** @type {PartContext} */ ({}),
    ({ name }) => void told.push(name),
    async (name) => {
      begun.push(name);
      await delay(name === 'forgetting-disk' ? 30 : 5);
      if (broken.includes(name)) throw new Error(`no ${name}`);
      return { name, title: name, figures: {}, violations: [], milliseconds: 1 };
    },
  ).catch((error) => error);
  return { begun, told, error: error?.message };
}

/** That a part that cannot be run does not take with it what others have found. */
const CHECKS = {
  'parts run in turn and side by side, and each is told of': async () => {
    const { begun, told, error } = await schedule([]);
    assert.equal(error, undefined);
    for (const parts of [begun, told]) {
      assert.deepEqual([...parts].sort(), [...PARTS].sort());
      assert.ok(parts.indexOf('kill-loop') < parts.indexOf('order'));
      assert.ok(parts.indexOf('forgetting-disk') < parts.indexOf('faults'));
      assert.equal(parts.indexOf('clients'), 4);
    }
    assert.equal(begun.indexOf('forgetting-disk'), 1, 'beside the kill loop');
  },
  'a part that cannot be run lets the one beside it finish, and begins no other': async () => {
    assert.deepEqual(await schedule(['kill-loop']), {
      begun: ['kill-loop', 'forgetting-disk'],
      told: ['forgetting-disk'],
      error: 'no kill-loop',
    });
  },
  'of several that cannot be run each is told of': async () => {
    const { told, error } = await schedule(['kill-loop', 'forgetting-disk']);
    assert.deepEqual([told, error], [[], 'Several parts could not be run']);
  },
  'a part says how far it is, how fast it goes, and how long it will take': () => {
    /** @type {string[]} */
    const lines = [];
    let now = 0;
    const options = { part: 'rot', say: (/** @type {string} */ line) => void lines.push(line) };
    const progress = new Progress({ ...options, unit: 'flips', target: 3000, now: () => now });
    for (let done = 1; done <= 60; done++) {
      now += 500;
      progress.reached(done * 10);
    }
    progress.close();
    assert.deepEqual(lines, [
      'rot: 300 of 3,000 flips in 15 s, 20 a second, 2 min left',
      'rot: 600 of 3,000 flips in 30 s, 20 a second, 2 min left',
    ]);
  },
  'a part says so, too, when nothing gets done': async () => {
    /** @type {string[]} */
    const lines = [];
    const say = (/** @type {string} */ line) => void lines.push(line);
    const progress = new Progress({ part: 'order', unit: 'operations', target: 9, every: 20, say });
    await delay(100);
    progress.close();
    assert.match(lines[0] ?? 'nothing', /^order: 0 of 9 operations in 0 s, 0.0 a minute$/);
  },
};

export const scheduleChecks = () => outcomesOf(CHECKS);
