import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Crc64Engine, Crc64Program } from '@openoss/protocol';
import { ANSWER, ORDER } from '../../threads/digest-messages.mjs';
import type { RunningDigests } from './body-digests.js';
import type { DigestStream, StreamListener } from './digest-stream.js';
import { InlineDigests } from './inline-digests.js';
import { ThreadedDigests } from './threaded-digests.js';

const PROGRAM = new URL('../../threads/digest-thread.mjs', import.meta.url);

/** In a program that was bundled into one file there is no other to start. */
const hasProgram = existsSync(fileURLToPath(PROGRAM));

/** More threads than these help nobody: a body has two digests, and the disk is slower than four. */
const MOST_THREADS = 4;

/** A body of up to so many bytes is digested on the event loop: that takes half a millisecond. */
const DIGESTED_HERE = 256 * 1024;

/** A thread and the streams it reckons. */
class DigestThread {
  readonly #worker: Worker;
  readonly #listeners = new Map<number, StreamListener>();
  failure: Error | undefined;

  constructor(crc64: Crc64Program) {
    this.#worker = new Worker(PROGRAM, { workerData: crc64 });
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

  begin(stream: number, algorithm: string, listener: StreamListener): DigestStream {
    this.#listeners.set(stream, listener);
    this.#worker.ref();
    this.#worker.postMessage([ORDER.begin, stream, algorithm]);
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
 * Digests reckoned off the event loop. MD5 and CRC-64 of one body go to two threads, for MD5 alone,
 * at some 700 MiB a second, would else be the slower for it. Threads are started when they are first
 * needed; a short body is digested where it is.
 */
export class DigestThreads {
  readonly #crc64: Crc64Engine;
  readonly #most: number;

  /** `crc64` serves small bodies, and all of them where no thread can be started. */
  constructor(
    crc64: Crc64Engine,
    most = Math.min(MOST_THREADS, Math.max(2, availableParallelism())),
  ) {
    this.#crc64 = crc64;
    this.#most = most;
  }

  /** Begins a body of a size, where that is known. */
  start(size: number | undefined): RunningDigests {
    if (!hasProgram || (size !== undefined && size <= DIGESTED_HERE)) {
      return new InlineDigests(this.#crc64);
    }
    return new ThreadedDigests((algorithm, listener) =>
      this.#leastLoaded().begin(streams++, algorithm, listener),
    );
  }

  #leastLoaded(): DigestThread {
    for (const [at, thread] of threads.entries()) {
      // A thread that failed has told its streams; the next body gets a new one.
      if (thread.failure !== undefined) threads[at] = new DigestThread(this.#crc64.program);
    }
    let best = threads[0];
    for (const thread of threads) {
      if (best === undefined || thread.load < best.load) best = thread;
    }
    if (best === undefined || (best.load > 0 && threads.length < this.#most)) {
      best = new DigestThread(this.#crc64.program);
      threads.push(best);
    }
    return best;
  }
}
