import type { Logger } from 'pino';
import { RareWarning } from '../rare-warning.js';
import { type AuditDestination, PartlyWritten } from './audit-destination.js';

/** Milliseconds that a line waits for others. */
const GATHERING = 50;
/** So much is written at a time at most, and at once when there is so much. */
const MOST_AT_ONCE = 256 * 1024;
/** What waits to be written at most; lines beyond are lost. */
const MOST_WAITING = 16 * 1024 * 1024;
/** Milliseconds until what could not be written is tried again. */
const UNTIL_RETRY = 500;
/** Milliseconds that the last lines may take when the log is closed. */
const CLOSING_TIME = 5_000;

const LINE_FEED = 10;
const NOTHING = Buffer.alloc(0);

export interface AuditLogOptions {
  readonly destination: AuditDestination;
  readonly log: Logger;
  /** Milliseconds until what could not be written is tried again; half a second unless told. */
  readonly untilRetry?: number;
  /** Milliseconds that the last lines may take when it is closed; five seconds unless told. */
  readonly closingTime?: number;
  /** Bytes that wait to be written at most; 16 MiB unless told. */
  readonly mostWaiting?: number;
}

/**
 * Gathers lines and has them written, a few times a second, outside of the requests they tell of. What
 * cannot be written is kept, to a limit, and tried again; what is lost is counted. Nothing that goes wrong
 * here is a request's problem.
 */
export class AuditLog {
  readonly #destination: AuditDestination;
  readonly #log: Logger;
  readonly #lost: RareWarning;
  readonly #untilRetry: number;
  readonly #mostWaiting: number;
  readonly #closingTime: number;
  /** Lines, and chunks of whole lines, that are not being written yet. */
  #waiting: (string | Buffer)[] = [];
  #waitingLength = 0;
  /** What is being written, from the beginning of a line, and how much of it is. */
  #batch: Buffer | undefined;
  #written = 0;
  #timer: NodeJS.Timeout | undefined;
  #isWriting = false;
  #reopenings: (() => void)[] = [];
  #isFailing = false;
  #isClosing = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #lines = 0;
  #linesLost = 0;

  constructor(options: AuditLogOptions) {
    const { destination, log } = options;
    this.#destination = destination;
    this.#log = log;
    this.#lost = new RareWarning(
      log,
      'audit lines are lost: they cannot be written as fast as they come',
    );
    this.#untilRetry = options.untilRetry ?? UNTIL_RETRY;
    this.#mostWaiting = options.mostWaiting ?? MOST_WAITING;
    this.#closingTime = options.closingTime ?? CLOSING_TIME;
    flushAtExit(this);
  }

  /** How many lines were written, and how many were not and never will be. */
  get counts(): { readonly written: number; readonly lost: number } {
    return { written: this.#lines, lost: this.#linesLost };
  }

  /** Takes a line, with its line feed. */
  add(line: string): void {
    if (this.#waitingLength + line.length > this.#mostWaiting || this.#isClosing) {
      this.lose(1);
      return;
    }
    this.#push(line, line.length);
  }

  /** Takes whole lines as they came from another process. */
  addLines(lines: Buffer): void {
    if (this.#waitingLength + lines.length > this.#mostWaiting || this.#isClosing) {
      this.lose(countLines(lines));
      return;
    }
    this.#push(lines, lines.length);
  }

  /** Notes that so many lines will be missing. */
  lose(count: number): void {
    this.#linesLost += count;
    this.#lost.tell({ lost: this.#linesLost });
  }

  /** Has the file opened anew, once what is being written is; resolves when that is done, or has failed. */
  reopen(): Promise<void> {
    if (this.#isClosing) return Promise.resolve();
    return new Promise((resolve) => {
      this.#reopenings.push(resolve);
      this.#wake?.();
      this.#run();
    });
  }

  /** Writes what there is and closes; what cannot be written within some seconds is lost. */
  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#wake?.();
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#closingTime);
    });
    await Promise.race([this.#drain(), tooLate]);
    clearTimeout(timer);
    keepFromExit(this);
    const lost = countLines(this.#takeWaiting()) + countLines(this.#batch ?? NOTHING);
    if (lost > 0) {
      this.#linesLost += lost;
      this.#log.error({ lost }, 'the last audit lines could not be written');
    }
    await this.#destination.close();
  }

  /** Writes what waits before it returns: the process is about to end. */
  flushNow(): void {
    // What is being written will be: Node waits for it.
    const batch = this.#isWriting ? NOTHING : this.#rest();
    if (!this.#isWriting) this.#batch = undefined;
    const waiting = this.#takeWaiting();
    if (batch.length + waiting.length > 0) {
      this.#destination.writeNow(Buffer.concat([batch, waiting]));
    }
  }

  #push(lines: string | Buffer, length: number): void {
    this.#waiting.push(lines);
    this.#waitingLength += length;
    if (this.#waitingLength >= MOST_AT_ONCE) {
      this.#run();
      return;
    }
    this.#timer ??= setTimeout(() => this.#run(), GATHERING);
  }

  #run(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running ??= this.#writeAll().finally(() => {
      this.#running = undefined;
      // Something may have come at the very end.
      if (this.#waiting.length > 0 && !this.#isClosing) this.#run();
    });
  }

  async #drain(): Promise<void> {
    do {
      this.#run();
      await this.#running;
    } while (this.#waiting.length > 0 && !this.#isFailing);
  }

  async #writeAll(): Promise<void> {
    while (this.#batch !== undefined || this.#waiting.length > 0 || this.#reopenings.length > 0) {
      if (this.#batch === undefined && this.#waiting.length > 0) {
        this.#batch = this.#takeWaiting();
        this.#written = 0;
      }
      const isWritten = this.#batch === undefined || (await this.#writeBatch());
      if (this.#reopenings.length > 0) await this.#reopen();
      else if (!isWritten) {
        if (this.#isClosing) return;
        await this.#pause();
      }
    }
  }

  /** Writes what is left of the batch; false if not all of it could be. */
  async #writeBatch(): Promise<boolean> {
    this.#isWriting = true;
    try {
      await this.#destination.write(this.#rest());
      this.#lines += countLines(this.#batch ?? NOTHING);
      this.#batch = undefined;
      if (this.#isFailing) this.#log.info('the audit log is written again');
      this.#isFailing = false;
      return true;
    } catch (error) {
      if (error instanceof PartlyWritten) this.#advance(error.written);
      if (!this.#isFailing) {
        const err = error instanceof PartlyWritten ? error.cause : error;
        this.#log.error({ err }, 'the audit log cannot be written; it is tried again');
      }
      this.#isFailing = true;
      return false;
    } finally {
      this.#isWriting = false;
    }
  }

  /** Keeps the batch from the beginning of the line in which the write has ended. */
  #advance(written: number): void {
    if (this.#batch === undefined || written === 0) return;
    const end = this.#written + written;
    const line = this.#batch.lastIndexOf(LINE_FEED, end - 1) + 1;
    this.#lines += countLines(this.#batch.subarray(0, line));
    this.#batch = this.#batch.subarray(line);
    this.#written = end - line;
  }

  /** What is not written of the batch. */
  #rest(): Buffer {
    return this.#batch?.subarray(this.#written) ?? NOTHING;
  }

  async #reopen(): Promise<void> {
    const asked = this.#reopenings.splice(0);
    try {
      await this.#destination.reopen();
      // In another file a line has to begin at its beginning.
      this.#written = 0;
    } catch (error) {
      this.#log.error({ err: error }, 'the audit log cannot be opened anew; the old file is kept');
    }
    for (const done of asked) done();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#untilRetry);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #takeWaiting(): Buffer {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingLength = 0;
    return Buffer.concat(chunksOf(lines));
  }
}

/** Lines as bytes: as many strings as stand together in one piece. */
function chunksOf(lines: readonly (string | Buffer)[]): Buffer[] {
  const chunks: Buffer[] = [];
  let together: string[] = [];
  const encode = () => {
    if (together.length > 0) chunks.push(Buffer.from(together.join('')));
    together = [];
  };
  for (const line of lines) {
    if (typeof line === 'string') together.push(line);
    else {
      encode();
      chunks.push(line);
    }
  }
  encode();
  return chunks;
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}

/** Logs that are open: what they still have is written when the process ends by itself. */
const flushedAtExit = new Set<AuditLog>();

function flushAll(): void {
  for (const log of flushedAtExit) log.flushNow();
}

function flushAtExit(log: AuditLog): void {
  if (flushedAtExit.size === 0) process.on('exit', flushAll);
  flushedAtExit.add(log);
}

function keepFromExit(log: AuditLog): void {
  flushedAtExit.delete(log);
  if (flushedAtExit.size === 0) process.off('exit', flushAll);
}
