import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

const root = path.join(import.meta.dirname, '..', '..');

/** The programs as built and shipped; `npm run build` makes them. */
export const programs = {
  ossutil: path.join(root, 'packages', 'ossutil', 'bin', 'ossutil.js'),
  openoss: path.join(root, 'packages', 'openoss', 'bin', 'openoss.js'),
};

/** What a program did. */
export interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly input?: string | Buffer;
}

/** The environment of a user who has set nothing of OSS: what a test sets is all there is. */
export function cleanEnvironment(added: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(OSS|OSSUTIL|OPENOSS|ALIBABA_CLOUD)_/i.test(name),
  );
  return { ...Object.fromEntries(kept), ...added };
}

/** Runs a command to its end. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = start(command, options);
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.input);
  return outcomeOf(child);
}

/** Starts a command; `outcomeOf` waits for its end. */
export function start(
  [program = '', ...args]: readonly string[],
  options: RunOptions = {},
): ChildProcess {
  return spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? cleanEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => {
      const stdoutBytes = Buffer.concat(stdout);
      resolve({
        status,
        signal,
        stdoutBytes,
        stdout: stdoutBytes.toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    });
  });
}

/** A directory of the test file's own, removed after its tests. */
export async function scratchDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'openoss-test-'));
  afterAll(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
