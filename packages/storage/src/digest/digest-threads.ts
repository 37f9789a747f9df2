import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Crc64Engine } from '@openoss/protocol';
import { ANSWER, ORDER } from '../../threads/digest-messages.mjs';
import type { RunningDigests } from './body-digests.js';
import type { DigestStream, StreamListener } from './digest-stream.js';
import { InlineDigests } from './inline-digests.js';
import { ThreadedDigests } from './threaded-digests.js';

const PROGRAM = new URL('../../threads/digest-thread.mjs', import.meta.url);

/** In a program that was bundled into one file there is no other to start. */
const hasProgram = existsSync(fileURLToPath(PROGRAM));

/** More threads than these help nobody: the disk is slower than four. */
const MOST_THREADS = 4;

/** A body of up to so many bytes is digested on the event loop: that takes half a millisecond. */
const DIGESTED_HERE = 256 * 1024;

/** A thread and the bodies whose MD5 it reckons. */
class DigestThread {
  readonly #worker: Worker;
  readonly #listeners = new Map<number, StreamListener>();
  failure: Error | undefined;

  constructor() {
    this.#worker = new Worker(PROGRAM);
    this.#worker.on('message', ([answer, stream, value]: [number, number, number | string]) => {
      const listener = this.#listeners.get(stream);
      if (answer === ANSWER.taken) listener?.taken(Number(value));
      else listener?.done(String(value));
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('A thread that reckons digests has ended')));
    // It keeps the process alive while it has a body, and only then. Last: listening would undo it.
    this.#worker.unref();
  }

  get load(): number {
    return this.#listeners.size;
  }

  begin(stream: number, listener: StreamListener): DigestStream {
    this.#listeners.set(stream, listener);
    this.#worker.ref();
    this.#worker.postMessage([ORDER.begin, stream]);
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
const threads: DigestThread[] = [];
let streams = 0;

/**
 * Digests reckoned while the event loop goes on: MD5, which takes one and a half milliseconds a MiB, on
 * a thread. Threads are started when they are first needed; a short body is digested where it is.
 */
export class DigestThreads {
  readonly #crc64: Crc64Engine;
  readonly #most: number;

  constructor(crc64: Crc64Engine, most = Math.min(MOST_THREADS, availableParallelism())) {
    this.#crc64 = crc64;
    this.#most = most;
  }

  /** Begins a body of a size, where that is known. */
  start(size: number | undefined): RunningDigests {
    if (!hasProgram || (size !== undefined && size <= DIGESTED_HERE)) {
      return new InlineDigests(this.#crc64);
    }
    return new ThreadedDigests(
      (listener) => this.#leastLoaded().begin(streams++, listener),
      this.#crc64,
    );
  }

  #leastLoaded(): DigestThread {
    for (const [at, thread] of threads.entries()) {
      // A thread that failed has told its streams; the next body gets a new one.
      if (thread.failure !== undefined) threads[at] = new DigestThread();
    }
    let best = threads[0];
    for (const thread of threads) {
      if (best === undefined || thread.load < best.load) best = thread;
    }
    if (best === undefined || (best.load > 0 && threads.length < this.#most)) {
      best = new DigestThread();
      threads.push(best);
    }
    return best;
  }
}
