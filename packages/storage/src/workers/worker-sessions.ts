import type { Duplex } from 'node:stream';
import type { FailStop } from '../engine/fail-stop.js';
import type { LmdbMetadata } from '../engines/embedded/lmdb-metadata.js';
import { newSessionId } from '../id-sequence.js';
import { WorkerHost, type WorkerHostParts } from './worker-host.js';

export interface WorkerSessionsParts extends WorkerHostParts {
  readonly metadata: LmdbMetadata;
  readonly failStop: FailStop;
  readonly clock: () => number;
  /** The sessions whose blobs are nobody's orphans yet; kept here, looked at by whoever sweeps. */
  readonly livingSessions: Set<string>;
  /** Called when a session has ended and its blobs may be swept. */
  readonly onSessionEnded: () => void;
}

/** The part of a store's primary in one worker's life. */
export interface WorkerSession {
  /** What the worker names its blobs and revisions by. */
  readonly id: string;
  /** Serves the worker over the stream that its `openWorkerStore` has the other end of. */
  connect(stream: Duplex): void;
  /** To be called when the process is no more: from then on what it left behind is swept. */
  ended(): Promise<void>;
}

/** Lets worker processes in: each has a session of its own, begun here before it starts. */
export class WorkerSessions {
  readonly #parts: WorkerSessionsParts;

  constructor(parts: WorkerSessionsParts) {
    this.#parts = parts;
  }

  /** Begins a session for a worker that is about to be started. */
  begin(): WorkerSession {
    const { metadata, clock, livingSessions, onSessionEnded } = this.#parts;
    const id = newSessionId(clock());
    livingSessions.add(id);
    let host: WorkerHost | undefined;
    return {
      id,
      connect: (stream) => {
        host = new WorkerHost(stream, this.#parts);
      },
      ended: async () => {
        // A commit of its that is still under way may name one of its blobs.
        await host?.settled();
        metadata.forgetDeadReaders();
        livingSessions.delete(id);
        onSessionEnded();
      },
    };
  }

  /** The disk failed a worker: nobody knows what is on it, so the whole store stops. */
  diskFailed(cause: Error): void {
    this.#parts.failStop.trip(cause);
  }
}
