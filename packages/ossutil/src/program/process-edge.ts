import { isUtf8 } from 'node:buffer';
import { createReadStream, fstatSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { ClientError } from '../errors/client-error.js';
import { exitCodes } from '../errors/exit-code.js';
import { UsageError } from '../errors/usage-error.js';
import type { OutputPort, ProgramEdge } from './program-edge.js';

/** The status of a program that a closed pipe ended, as shells count it: 128 + SIGPIPE. */
const brokenPipe = 141;

/**
 * A port on one of the process's output streams. The stream is opened at its first use: opening both
 * costs a good part of what starting this program takes.
 */
function outputPort(
  name: string,
  open: () => NodeJS.WriteStream,
  onBrokenPipe: () => void,
): OutputPort {
  let opened: NodeJS.WriteStream | undefined;
  const exitIfBroken = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') onBrokenPipe();
  };
  const stream = (): NodeJS.WriteStream => {
    if (opened !== undefined) return opened;
    opened = open();
    // The reader is gone (`ossutil … | head -1`): like any program that SIGPIPE ends, say nothing.
    opened.on('error', exitIfBroken);
    return opened;
  };
  return {
    get isTerminal() {
      return stream().isTTY === true;
    },
    // 0 is what a terminal says that was never told its size, as those of `script` and of CI are not.
    columns: () => (stream().isTTY === true ? stream().columns || undefined : undefined),
    write: (chunk) =>
      new Promise((resolve, reject) => {
        if (chunk.length === 0) return resolve();
        stream().write(chunk, (error) => {
          if (!error) return resolve();
          exitIfBroken(error);
          reject(new ClientError(`${name} cannot be written: ${error.message}`, { cause: error }));
        });
      }),
  };
}

/**
 * The bytes of standard input. Node.js itself takes what it has no stream for to be empty: a
 * directory, which would be uploaded as nothing, and a block device, of which the same is true.
 *
 * @param taker the option that reads it, for messages
 * @throws ClientError when it is a directory
 */
function standardInput(host: NodeJS.Process, taker: string): AsyncIterable<Uint8Array> {
  const { fd } = host.stdin;
  const stats = fstatSync(fd);
  if (stats.isDirectory()) throw new ClientError(`${taker}: standard input is a directory`);
  return stats.isBlockDevice() ? createReadStream('', { fd, autoClose: false }) : host.stdin;
}

/** Whether the arguments were UTF-8; only Linux tells, and is asked only where there is a doubt. */
function argumentsAreGenuine(host: NodeJS.Process): boolean {
  if (!host.argv.some((argument) => argument.includes('\ufffd'))) return true;
  try {
    return isUtf8(readFileSync('/proc/self/cmdline'));
  } catch {
    return true;
  }
}

/** `performance.now()` but for its beginning; naming `performance` loads ten modules of Node.js. */
function monotonic(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** The home directory; undefined where the account has none. */
function homeDirectory(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * The edge of a real process. Only `main.ts` calls this: it listens to the process's signals.
 *
 * Ctrl-C aborts `interruption`, which lets the command tidy up; a second Ctrl-C ends the process at
 * once.
 */
export function processEdge(host: NodeJS.Process): ProgramEdge {
  const interrupter = new AbortController();
  const interrupt = () => {
    if (interrupter.signal.aborted) host.exit(exitCodes.interrupted);
    interrupter.abort();
  };
  host.on('SIGINT', interrupt);
  const onBrokenPipe = () => host.exit(brokenPipe);
  let taker: string | undefined;
  return {
    arguments: host.argv.slice(2),
    argumentsAreGenuine: argumentsAreGenuine(host),
    environment: host.env,
    workingDirectory: host.cwd(),
    homeDirectory: homeDirectory(),
    platform: host.platform,
    stdin: {
      get isTerminal() {
        return host.stdin.isTTY === true;
      },
      open: (name) => {
        if (taker !== undefined) {
          throw new UsageError(
            `standard input is read by ${taker} already; ${name} cannot read it too`,
          );
        }
        taker = name;
        return standardInput(host, name);
      },
    },
    stdout: outputPort('standard output', () => host.stdout, onBrokenPipe),
    stderr: outputPort('standard error', () => host.stderr, onBrokenPipe),
    clock: { now: () => Date.now(), monotonic },
    interruption: interrupter.signal,
    openPrompter: async () => {
      const { createTerminalPrompter } = await import('./terminal-prompter.js');
      return createTerminalPrompter({
        input: host.stdin,
        output: host.stdout,
        isTerminal: host.stdin.isTTY === true,
        onInterrupt: interrupt,
      });
    },
  };
}
