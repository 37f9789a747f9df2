import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Crc64Engine } from '@openoss/protocol';
import { ANSWER, ORDER } from '../../threads/body-messages.mjs';
import type { BodyKey } from '../../threads/chunk-cipher.mjs';
import type { RunningDigests } from './body-digests.js';
import type { BodyStream, StreamListener } from './body-stream.js';
import { InlineDigests } from './inline-digests.js';
import { InlineOpener, type RunningOpener, ThreadedOpener } from './running-opener.js';
import { InlineSealer, type RunningSealer, ThreadedSealer } from './running-sealer.js';
import { ThreadedDigests } from './threaded-digests.js';

const PROGRAM = new URL('../../threads/body-thread.mjs', import.meta.url);

/** In a program that was bundled into one file there is no other to start. */
const hasProgram = existsSync(fileURLToPath(PROGRAM));

/** More threads than these help nobody: the disk is slower than four. */
const MOST_THREADS = 4;

/**
 * A body of up to so many bytes is digested on the event loop, which takes half a millisecond, and sealed
 * or opened there with AES, which takes a fifth of one.
 */
const DONE_HERE = 256 * 1024;

/** The same with SM4, a millisecond and a half. */
const SM4_DONE_HERE = 128 * 1024;

/** What a thread says (`body-messages.mjs`). */
type Answer = [kind: number, stream: number, pieceOrMd5: number | string, result?: number];

/** A thread and the bodies it works on. */
class BodyThread {
  readonly #worker: Worker;
  readonly #listeners = new Map<number, StreamListener>();
  failure: Error | undefined;

  constructor() {
    this.#worker = new Worker(PROGRAM);
    this.#worker.on('message', ([answer, stream, value, result]: Answer) => {
      const listener = this.#listeners.get(stream);
      if (answer === ANSWER.taken) listener?.taken(Number(value), Number(result));
      else listener?.done(String(value));
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('A thread that works on bodies has ended')));
    // It keeps the process alive while it has a body, and only then. Last: listening would undo it.
    this.#worker.unref();
  }

  get load(): number {
    return this.#listeners.size;
  }

  begin(stream: number, key: BodyKey | undefined, listener: StreamListener): BodyStream {
    this.#listeners.set(stream, listener);
    this.#worker.ref();
    this.#worker.postMessage([ORDER.begin, stream, key]);
    return {
      send: (order, ...values) => this.#worker.postMessage([order, stream, ...values]),
      end: () => {
        this.#listeners.delete(stream);
        if (this.#listeners.size === 0) this.#worker.unref();
      },
    };
  }

  #fail(error: Error): void {
    this.failure ??= error;
    for (const listener of this.#listeners.values()) listener.failed(error);
    this.#listeners.clear();
  }
}

/** The threads are the process's, however many stores it opens: each takes some 50 ms to start. */
const threads: BodyThread[] = [];
let streams = 0;

/**
 * Work on bodies that is done while the event loop goes on: MD5, which takes one and a half milliseconds a
 * MiB, and encryption, on a thread. Threads are started when they are first needed; for a short body it is
 * done where it is.
 */
export class BodyThreads {
  readonly #crc64: Crc64Engine;
  readonly #most: number;

  constructor(crc64: Crc64Engine, most = Math.min(MOST_THREADS, availableParallelism())) {
    this.#crc64 = crc64;
    this.#most = most;
  }

  /** Begins to digest a body of a size, where that is known. */
  start(size: number | undefined): RunningDigests {
    if (!hasProgram || (size !== undefined && size <= DONE_HERE)) {
      return new InlineDigests(this.#crc64);
    }
    return new ThreadedDigests((listener) => this.#begin(undefined, listener), this.#crc64);
  }

  /** Begins to seal a body of a size, where that is known. */
  startSealing(size: number | undefined, key: BodyKey): RunningSealer {
    if (isDoneHere(size, key)) return new InlineSealer(key);
    return new ThreadedSealer((listener) => this.#begin(key, listener));
  }

  /** Begins to open as many bytes of a sealed body. */
  startOpening(bytes: number, key: BodyKey): RunningOpener {
    if (isDoneHere(bytes, key)) return new InlineOpener(key);
    return new ThreadedOpener((listener) => this.#begin(key, listener));
  }

  #begin(key: BodyKey | undefined, listener: StreamListener): BodyStream {
    return this.#leastLoaded().begin(streams++, key, listener);
  }

  #leastLoaded(): BodyThread {
    for (const [at, thread] of threads.entries()) {
      // A thread that failed has told its streams; the next body gets a new one.
      if (thread.failure !== undefined) threads[at] = new BodyThread();
    }
    let best = threads[0];
    for (const thread of threads) {
      if (best === undefined || thread.load < best.load) best = thread;
    }
    if (best === undefined || (best.load > 0 && threads.length < this.#most)) {
      best = new BodyThread();
      threads.push(best);
    }
    return best;
  }
}

function isDoneHere(bytes: number | undefined, { cipher }: BodyKey): boolean {
  const most = cipher === 'AES256' ? DONE_HERE : SM4_DONE_HERE;
  return !hasProgram || (bytes !== undefined && bytes <= most);
}
