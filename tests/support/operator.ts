/** What tests do as whoever operates a server: run commands, stop it, look at its figures and files. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { send } from './http.js';
import { type Outcome, programs, run, scratchDirectory } from './programs.js';
import type { Server } from './serve.js';

/** Names for directories of the test file's own: each call gives another, which is not there yet. */
export async function freshDirectories(): Promise<(kind?: string) => string> {
  const scratch = await scratchDirectory();
  let names = 0;
  return (kind = 'data') => path.join(scratch, `${kind}-${names++}`);
}

/** Runs an `openoss` command to its end. */
export function openoss(...args: string[]): Promise<Outcome> {
  return run([process.execPath, programs.openoss, ...args]);
}

/** The command that serves a directory, for a start that need not go well; otherwise there is `serve`. */
export function serveCommand(data: string, ...flags: string[]): string[] {
  return [
    ...[process.execPath, programs.openoss, 'serve', '--data', data],
    ...['--listen', '127.0.0.1:0', '--admin-listen', 'off', ...flags],
  ];
}

/** Stops a server as its supervisor would. */
export function stop({ child, outcome }: Server): Promise<Outcome> {
  child.kill('SIGTERM');
  return outcome;
}

/** One of its figures. */
export async function metric(server: Server, name: string): Promise<number> {
  const { text } = await send(server.admin, { target: '/metrics' });
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** The files of blobs in a data directory, in order. */
export function blobFiles(data: string): string[] {
  return readdirSync(path.join(data, 'blobs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .sort();
}
