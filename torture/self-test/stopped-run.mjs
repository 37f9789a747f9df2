import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endsWithThis } from '../runner/child-processes.mjs';

/**
 * @import { SelfTestOutcome } from './self-test.mjs'
 */

const TORTURE = join(import.meta.dirname, '..', 'torture.mjs');

/** How long what is waited for may take, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Two parts that run one after another, of which the second does not come to an end. */
const ARGUMENTS = [
  ...['--part', 'kill-loop', '--kills', '1', '--server-workers', '0'],
  ...['--part', 'order', '--operations', '1000000000'],
];

/**
 * Shows that a run that is told to stop keeps what it has found, and ends the servers that it started.
 * @param {string} scratch
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
export async function* stoppedRun(scratch) {
  const out = join(scratch, 'stopped-run');
  const child = endsWithThis(
    spawn(process.execPath, [TORTURE, ...ARGUMENTS, '--out', out], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, TMPDIR: scratch },
    }),
  );
  const ended = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const report = join(out, 'latest.json');
  // The second part has begun when there is a server again.
  await until(() => existsSync(report) && serversOf(scratch).length > 0);
  child.kill('SIGTERM');
  const [code] = await ended;
  const parts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).parts : [];
  const names = parts.map((/** @type {{ name: string }} */ { name }) => name).join();
  await until(() => serversOf(scratch).length === 0);
  const left = serversOf(scratch);
  yield {
    name: 'a run that is told to stop keeps the parts that were done, and leaves no server behind',
    isRight: code === 2 && names === 'kill-loop' && left.length === 0,
    detail: `status ${code}, parts ${names || 'none'}, ${left.length} servers are left: ${said}`,
  };
}

/** @param {() => boolean} isSo */
async function until(isSo) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!isSo() && Date.now() < deadline) await delay(50);
}

/**
 * The processes that serve a directory of the order; none where the system does not tell.
 * @param {string} scratch
 */
function serversOf(scratch) {
  const processes = existsSync('/proc') ? readdirSync('/proc') : [];
  return processes.filter((id) => {
    if (!/^\d+$/.test(id)) return false;
    try {
      const command = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
      return command.some((word) => word.startsWith(scratch) && word.endsWith('order-data'));
    } catch {
      return false;
    }
  });
}
