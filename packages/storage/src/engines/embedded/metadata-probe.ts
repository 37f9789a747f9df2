import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeDisk } from '../../engine/node-disk.js';
import { placesIn } from './data-directory.js';
import type { ProbeMessage } from './metadata-probe-child.js';
import { NEXT_TO_NOTHING_BYTES } from './space-limits.js';

/** What using all of the metadata does to a process. */
export type ProbeResult =
  | { readonly outcome: 'sound' }
  /** It ends the process, or LMDB itself finds it damaged: how. */
  | { readonly outcome: 'deadly'; readonly how: string }
  /** Nobody knows: it took too long, the disk is full, or the process was ended by somebody else. */
  | { readonly outcome: 'unknown'; readonly why: string };

/** What a process dies of by itself; anything else may have been sent by somebody. */
const OWN_DEATHS: readonly (NodeJS.Signals | null)[] = [
  'SIGSEGV',
  'SIGABRT',
  'SIGBUS',
  'SIGILL',
  'SIGFPE',
  'SIGTRAP',
];

/** What LMDB calls metadata that no disk's fullness makes: MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID, MDB_VERSION_MISMATCH. */
const DAMAGE = /MDB_(CORRUPTED|PAGE_NOTFOUND|INVALID|VERSION_MISMATCH)/;

/**
 * Finds out whether a data directory's metadata kills the process that uses it, as a damaged page of
 * LMDB's can: another process opens it, reads everything and commits once, and is watched. The
 * directory must be this process's, and its metadata not open in it.
 *
 * A full disk ends that process as well, when it opens the metadata or commits; it says nothing of
 * the metadata then.
 */
export async function probeMetadata(directory: string, milliseconds: number): Promise<ProbeResult> {
  const program = fileURLToPath(new URL('./metadata-probe-child.js', import.meta.url));
  const child = fork(program, [placesIn(directory).metadata], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // Not the inspector's port, nor whatever else this process was started with.
    execArgv: [],
  });
  let said: Extract<ProbeMessage, { readonly outcome: string }> | undefined;
  let isReading = false;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, milliseconds);
  child.on('message', (message: ProbeMessage) => {
    if ('outcome' in message) said = message;
    else isReading = message.doing === 'reading';
  });
  const ended = await new Promise<{ signal: NodeJS.Signals | null } | { error: Error }>(
    (resolve) => {
      child.once('error', (error) => resolve({ error }));
      child.once('close', (_code, signal) => resolve({ signal }));
    },
  );
  clearTimeout(timer);
  if ('error' in ended) return { outcome: 'unknown', why: ended.error.message };
  const isFailed = said?.outcome === 'failed' && !DAMAGE.test(said.reason);
  if (
    (OWN_DEATHS.includes(ended.signal) || isFailed) &&
    !isReading &&
    nodeDisk.space(directory).free < NEXT_TO_NOTHING_BYTES
  ) {
    return { outcome: 'unknown', why: 'the disk is full, which may be what ended it' };
  }
  if (OWN_DEATHS.includes(ended.signal)) {
    return { outcome: 'deadly', how: `it ended a process that read it with ${ended.signal}` };
  }
  if (said?.outcome === 'failed')
    return { outcome: 'deadly', how: `LMDB finds it damaged (${said.reason})` };
  if (isLate) return { outcome: 'unknown', why: `it took more than ${milliseconds} ms to read` };
  if (said?.outcome === 'sound') return said;
  return { outcome: 'unknown', why: `the process that read it ended with ${ended.signal}` };
}
