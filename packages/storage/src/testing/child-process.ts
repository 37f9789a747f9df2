import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

const MODULES = resolve(import.meta.dirname, '../../../../node_modules');

/**
 * Bundles a TypeScript module of this directory for a plain Node process (Node 20 runs no
 * TypeScript) before the tests of the file or block it is called in, and removes the bundle after
 * them. Returns where the bundle is. Native packages stay outside and are found through a link.
 */
export function childBundle(entry: string): () => string {
  let outdir = '';
  beforeAll(async () => {
    outdir = await mkdtemp(join(tmpdir(), 'openoss-storage-child-'));
    await symlink(MODULES, join(outdir, 'node_modules'));
    await build({
      entryPoints: { child: resolve(import.meta.dirname, entry) },
      outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      // Chunks keep the order in which modules are evaluated where some are imported on demand.
      splitting: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@openoss/source'],
      external: ['lmdb', 'msgpackr'],
      logLevel: 'error',
    });
  });
  afterAll(() => rm(outdir, { recursive: true, force: true }));
  return () => join(outdir, 'child.mjs');
}

/** A child process that talks in lines. */
export interface LineChild {
  readonly process: ChildProcess;
  /** What it has said so far and goes on saying, up to its end. */
  readonly lines: AsyncIterableIterator<string>;
  /** Resolves with its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/**
 * Runs a bundle; it is killed when the test is over, if it still runs. `largestFile` limits the size
 * of every file it writes, in KiB, as a disk that is full would.
 */
export function runChild(
  bundle: string,
  args: readonly string[],
  { largestFile }: { readonly largestFile?: number } = {},
): LineChild {
  const limit = largestFile === undefined ? '' : `ulimit -f ${largestFile}; `;
  const child = spawn('bash', ['-c', `${limit}exec "$0" "$@"`, process.execPath, bundle, ...args], {
    stdio: ['ignore', 'pipe', largestFile === undefined ? 'inherit' : 'ignore'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) =>
    typeof code === 'number' ? code : String(signal),
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { process: child, lines, ended };
}
