import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endsWithThis } from '../runner/child-processes.mjs';
import { linesWithoutOrphans } from './orphaned-workers.mjs';

const PROGRAM = join(import.meta.dirname, '..', '..', 'packages', 'openoss', 'bin', 'openoss.js');

/** The root access key of the servers under test. */
export const CREDENTIALS = { accessKeyId: 'torture', accessKeySecret: 'torture-secret-0123456789' };

export const REGION = 'cn-hangzhou';

/** Seals the keyrings of servers under test. */
const KMS_ROOT_KEY = Buffer.alloc(32, 'the root key of the torture; ').toString('base64');

/** The level of pino's errors. */
const ERROR_LEVEL = 50;

/** How long a start may take, in milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * @typedef {object} ServerSettings
 * @property {readonly string[]} [flags] more flags of `openoss serve`
 * @property {boolean} [hasAdmin] serve metrics, too
 * @property {number} [descriptors] how many files and sockets it may have open
 * @property {Readonly<Record<string, string>>} [environment]
 */

/** One run of `openoss serve` on a data directory. */
export class ServerProcess {
  #child;
  #output = '';
  #log = '';
  #wasKilled = false;
  /** @type {Promise<{ readonly code: number | null, readonly signal: string | null }>} */
  #ended;

  /**
   * @param {string} directory
   * @param {ServerSettings} [settings]
   */
  constructor(directory, { flags = [], hasAdmin = false, descriptors, environment } = {}) {
    const listen = ['--listen', '127.0.0.1:0', '--admin-listen', hasAdmin ? '127.0.0.1:0' : 'off'];
    const command = [PROGRAM, 'serve', '--data', directory, ...listen, '--log-level', 'warn'];
    const [program = '', ...args] = [process.execPath, ...command, ...flags];
    const limited = ['-c', `ulimit -n ${descriptors}; exec "$0" "$@"`, program, ...args];
    const isLimited = descriptors !== undefined;
    this.#child = spawn(isLimited ? 'sh' : program, isLimited ? limited : args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...environment,
        OPENOSS_ROOT_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        OPENOSS_ROOT_ACCESS_KEY_SECRET: CREDENTIALS.accessKeySecret,
        OPENOSS_KMS_ROOT_KEY: KMS_ROOT_KEY,
      },
    });
    endsWithThis(this.#child);
    this.#child.stdout.on('data', (chunk) => {
      this.#output += chunk;
    });
    this.#child.stderr.on('data', (chunk) => {
      this.#log += chunk;
    });
    this.#ended = once(this.#child, 'close').then(([code, signal]) => ({ code, signal }));
  }

  /**
   * Resolves with the port when the server is ready; undefined when it was killed before that.
   * @returns {Promise<number | undefined>}
   */
  async ready() {
    const deadline = Date.now() + PATIENCE_MS;
    let isOver = false;
    this.#ended.then(() => {
      isOver = true;
    });
    for (;;) {
      const port = /is ready at http:\/\/[^ ]*:(\d+) /.exec(this.#output)?.[1];
      if (port !== undefined) return Number(port);
      if (isOver) {
        if (this.#wasKilled) return undefined;
        throw new Error(`The server did not start: ${this.#log}`);
      }
      if (Date.now() > deadline) throw new Error(`The server does not become ready: ${this.#log}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  get pid() {
    return this.#child.pid ?? 0;
  }

  /** The port of its KMS, once it is ready, where it was told to serve it (`--rpc-listen`). */
  get kmsPort() {
    return Number(/^KMS is at http:\/\/[^ ]*:(\d+) /m.exec(this.#output)?.[1]);
  }

  /** The URL of its metrics, once it is ready. */
  get admin() {
    return /health and metrics at (\S+)\)/.exec(this.#output)?.[1] ?? '';
  }

  /** Ends the process with a signal, waits for its end, and returns what was wrong with it. */
  async end(/** @type {'SIGKILL' | 'SIGTERM'} */ signal) {
    this.#wasKilled = true;
    this.#child.kill(signal);
    const ended = await this.#ended;
    /** @type {string[]} */
    const problems = [];
    const isRight = signal === 'SIGKILL' ? ended.signal === signal : ended.code === 0;
    if (!isRight) {
      problems.push(`the server ended with ${ended.signal ?? ended.code}, not by ${signal}`);
    }
    const isKill = signal === 'SIGKILL';
    for (const line of isKill ? linesWithoutOrphans(this.#log) : this.#log.split('\n')) {
      if (line !== '' && isError(line)) problems.push(`the server logged: ${line}`);
    }
    return problems;
  }
}

/** @param {string} line */
function isError(line) {
  try {
    return JSON.parse(line).level >= ERROR_LEVEL;
  } catch {
    // No log line of ours: something wrote to standard error. A line may be cut off by the kill.
    return !line.startsWith('{');
  }
}
