import { type ChildProcess, spawn } from 'node:child_process';
import { CanceledError } from '../errors/canceled-error.js';
import { CredentialsError } from '../errors/credentials-error.js';
import type { Log } from '../log.js';
import { type CredentialsSource, jsonObject, readCredentials } from './temporary-credentials.js';

/** A command that prints credentials. */
export interface CredentialsProcessOptions {
  /** A line for `/bin/sh -c`, or on Windows for `cmd.exe /C`. */
  readonly command: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly timeoutMs: number;
  readonly log?: Log | undefined;
  /** Ends the command. */
  readonly signal: AbortSignal;
}

/** The most that a command may print, in bytes. */
const MAX_OUTPUT_BYTES = 64 * 1024;

/** How much of what it complains of is shown, in bytes from the end. */
const SHOWN_ERROR_BYTES = 2000;

/** What a command did. */
interface Run {
  readonly output: string;
  readonly complaint: string;
  readonly status: number | null;
  readonly killedBy: NodeJS.Signals | null;
}

/**
 * Credentials from a command that prints JSON with `AccessKeyId`, `AccessKeySecret` and, for temporary
 * ones, `SecurityToken` and `Expiration` (ossutil-2.md, 1.6; the messages are the Go SDK's). What it prints
 * is never shown; what it writes to its standard error is, when it fails.
 */
export function credentialsProcess(options: CredentialsProcessOptions): CredentialsSource {
  return async () => {
    options.log?.('info', 'credentials: running the credential process');
    const { output, complaint, status, killedBy } = await run(options);
    const said = complaint === '' ? '' : `: ${complaint}`;
    if (status !== 0) {
      const end = status === null ? `ended by ${killedBy}` : `exit status ${status}`;
      throw new CredentialsError(`error in credential_process: ${end}${said}`);
    }
    try {
      const where = 'process output';
      return readCredentials(jsonObject(output, where), where, { needsToken: false });
    } catch (error) {
      if (!(error instanceof CredentialsError)) throw error;
      throw new CredentialsError(`error in credential_process: ${error.message}${said}`);
    }
  };
}

function run(options: CredentialsProcessOptions): Promise<Run> {
  const { signal, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new CanceledError(signal.reason));
    const child = start(options);
    const output = new Collected();
    const complaint = new Collected();
    const giveUp = (error: Error): void => {
      settle();
      end(child);
      reject(error);
    };
    const onAbort = (): void => giveUp(new CanceledError(signal.reason));
    const timer = setTimeout(() => {
      const said = shownEnd(complaint);
      giveUp(
        new CredentialsError(
          `credential process timed out: it ran longer than ${timeoutMs / 1000} s${said === '' ? '' : `: ${said}`}`,
        ),
      );
    }, timeoutMs);
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    child.stdout?.on('data', (chunk: Buffer) => {
      output.add(chunk);
      if (output.bytes <= MAX_OUTPUT_BYTES) return;
      giveUp(
        new CredentialsError(
          `error in credential_process: it printed more than ${MAX_OUTPUT_BYTES / 1024} KiB`,
        ),
      );
    });
    child.stderr?.on('data', (chunk: Buffer) => complaint.addToEnd(chunk, SHOWN_ERROR_BYTES));
    child.once('error', (error) => {
      giveUp(
        new CredentialsError(`error in credential_process: ${error.message}`, { cause: error }),
      );
    });
    child.once('close', (status, killedBy) => {
      settle();
      resolve({ output: output.text, complaint: shownEnd(complaint), status, killedBy });
    });
  });
}

function start({
  command,
  environment,
  workingDirectory,
}: CredentialsProcessOptions): ChildProcess {
  const windows = process.platform === 'win32';
  const [shell, flag] = windows ? ['cmd.exe', '/C'] : ['/bin/sh', '-c'];
  return spawn(shell, [flag, command], {
    cwd: workingDirectory,
    env: { ...environment },
    // Standard input may be the body of the upload.
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsVerbatimArguments: windows,
    windowsHide: true,
  });
}

/** Ends a command and lets go of its pipes, which what it has started may keep open. */
function end(child: ChildProcess): void {
  child.kill('SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

/** What a command wrote, as far as it is kept. */
class Collected {
  #chunks: Buffer[] = [];
  bytes = 0;

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.bytes += chunk.length;
  }

  /** Adds, and keeps the last `most` bytes only. */
  addToEnd(chunk: Buffer, most: number): void {
    const kept = Buffer.concat([...this.#chunks, chunk]).subarray(-most);
    this.#chunks = [kept];
    this.bytes = kept.length;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/** The end of what a command complained of, fit for a terminal. */
function shownEnd(complaint: Collected): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing may move a terminal's cursor
  return complaint.text.trim().replace(/[\x00-\x09\x0b-\x1f\x7f]+/g, ' ');
}
