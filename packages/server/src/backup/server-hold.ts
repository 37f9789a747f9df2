import { randomBytes } from 'node:crypto';
import { lchown, mkdir, rm, stat } from 'node:fs/promises';
import { get, type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import type { BackupEvent } from './backup-event.js';

/** The server cannot be asked to hold its state; the message says why. */
export class HoldError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'HoldError';
  }
}

/** A server says something every two seconds; silence is a server that is gone or stands still. */
const SILENCE_MS = 60_000;

/** The data directory of the server whose admin address this is, as the server names it. */
export async function dataDirectoryOf(admin: URL): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(new URL('/backup', admin), resolve).on('error', (error) =>
      reject(unreachable(admin, error)),
    );
  });
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    said = undefined;
  }
  if (
    response.statusCode === 200 &&
    typeof said === 'object' &&
    said !== null &&
    'directory' in said &&
    typeof said.directory === 'string'
  ) {
    return said.directory;
  }
  throw new HoldError(`${admin.origin} is not the admin address of an OpenOSS that makes backups`);
}

/** One moment of a running server, held until `release`. */
export interface ServerHold {
  /** The copy of the metadata. */
  readonly file: string;
  readonly takenAt: number;
  /** Throws {@link HoldError} when the server does not hold it any more. */
  readonly check: () => void;
  release(): Promise<void>;
}

/**
 * Has a running server hold the state of one moment (see `backup-route.ts`). `directory` is where
 * this machine has its data directory, in which this process must be allowed to make directories.
 */
export async function holdServer(admin: URL, directory: string): Promise<ServerHold> {
  const handover = `backup-${randomBytes(16).toString('hex')}`;
  const place = path.join(directory, handover);
  await makeHandover(directory, place);
  const connection = new HoldConnection(admin, handover);
  const release = async (): Promise<void> => {
    connection.close();
    // The server does the same; it may be gone.
    await rm(place, { recursive: true, force: true });
  };
  try {
    const { metadata, takenAt } = await connection.held;
    return { file: path.join(place, metadata), takenAt, check: () => connection.check(), release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Makes the directory for the server's user, who may be another than this process's. */
async function makeHandover(directory: string, place: string): Promise<void> {
  try {
    await mkdir(place, { mode: 0o700 });
    const { uid, gid } = await stat(directory);
    if (process.geteuid?.() === 0 && uid !== 0) await lchown(place, uid, gid);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HoldError(
      `The server's data directory cannot be written to: ${reason}. Run this on the server's machine, as its user or as root; with --data DIR if the directory has another name here.`,
    );
  }
}

const ENDED = new HoldError('The server ended the backup: is it gone?');

type Held = Extract<BackupEvent, { readonly event: 'held' }>;

class HoldConnection {
  readonly held: Promise<Held>;
  readonly #request;
  #failure: HoldError | undefined;

  constructor(admin: URL, handover: string) {
    const target = new URL('/backup', admin);
    target.searchParams.set('handover', handover);
    this.#request = request(target, { method: 'POST', agent: false });
    this.held = new Promise((resolve, reject) => {
      const fail = (error: HoldError): void => {
        this.#failure ??= error;
        reject(this.#failure);
      };
      this.#request.setTimeout(SILENCE_MS, () => {
        fail(new HoldError('The server has fallen silent'));
        this.#request.destroy();
      });
      this.#request.on('error', (error) => fail(unreachable(admin, error)));
      this.#request.on('close', () => fail(ENDED));
      this.#request.on('response', (response) => {
        response.on('error', () => fail(ENDED));
        response.on('end', () => fail(ENDED));
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          const lines = `${text}${chunk}`.split('\n');
          text = lines.pop() ?? '';
          for (const line of lines) {
            const event = eventIn(line);
            if (event?.event === 'held') resolve(event);
            if (event?.event === 'failed') {
              fail(new HoldError(`The server refuses: ${event.reason}`));
            }
          }
        });
      });
    });
    this.held.catch(() => {});
    this.#request.end();
  }

  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  close(): void {
    this.#request.destroy();
  }
}

function eventIn(line: string): BackupEvent | undefined {
  try {
    return JSON.parse(line) as BackupEvent;
  } catch {
    return undefined;
  }
}

function unreachable(admin: URL, error: Error): HoldError {
  return new HoldError(
    `No server answers at ${admin.origin} (${error.message}). --admin URL names its admin address; --data DIR backs up a directory that no server uses.`,
  );
}
