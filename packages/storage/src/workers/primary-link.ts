import type { Duplex } from 'node:stream';
import { type CommitOutcome, EngineFailed } from '../engine/metadata-engine.js';
import type { SpaceState } from '../engines/embedded/disk-space.js';
import { uncarriedError } from './carried-error.js';
import { type CarriedCommit, commitLength, writeCommit } from './commit-frame.js';
import { type Frame, FrameStream } from './frames.js';
import { type Call, FRAME, type Returned } from './messages.js';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export interface PrimaryLinkEvents {
  /** The primary is no more: told once, before anything that was under way is rejected. */
  onLost(): void;
  /** How the disk stands, as the primary has it: told at the beginning and whenever it changes. */
  onSpace(state: SpaceState): void;
}

/**
 * A worker's way to the primary, which commits for it. When the primary is no more, nobody knows what
 * came of what was asked: everything under way is rejected with EngineFailed, and the worker has to
 * end.
 */
export class PrimaryLink {
  readonly #frames: FrameStream;
  readonly #waiting = new Map<number, Waiting>();
  readonly #events: PrimaryLinkEvents;
  #requests = 0;
  #lost = false;

  constructor(stream: Duplex, events: PrimaryLinkEvents) {
    this.#events = events;
    this.#frames = new FrameStream(
      stream,
      (frame) => this.#receive(frame),
      () => {
        this.#lost = true;
        events.onLost();
        for (const { reject } of this.#waiting.values()) reject(lost());
        this.#waiting.clear();
      },
    );
  }

  /** Resolves when the outcome is durable, as the engine's own `commit` does. */
  commit(commit: CarriedCommit): Promise<CommitOutcome> {
    return this.#ask((request) =>
      this.#frames.send(FRAME.commit, request, commitLength(commit), (target, offset) =>
        writeCommit(commit, target, offset),
      ),
    );
  }

  /** Has the primary do something; throws what it threw there. */
  call<C extends Call['call']>(call: Extract<Call, { readonly call: C }>): Promise<Returned[C]> {
    return this.#ask((request) => this.#frames.sendText(FRAME.call, request, JSON.stringify(call)));
  }

  /** Tells the primary that little is left on the disk. */
  reportShort(): void {
    if (!this.#lost) this.#frames.send(FRAME.short, 0, 0);
  }

  /** Says no more; nothing may be under way. */
  close(): void {
    this.#frames.destroy();
  }

  #ask<T>(send: (request: number) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#lost) throw lost();
      const request = this.#requests;
      this.#requests = (request + 1) >>> 0;
      send(request);
      this.#waiting.set(request, { resolve: resolve as (value: unknown) => void, reject });
    });
  }

  #receive(frame: Frame): void {
    if (frame.kind === FRAME.space) this.#events.onSpace(frame.payload.toString() as SpaceState);
    else this.#answer(frame);
  }

  #answer({ kind, request, payload }: Frame): void {
    const waiting = this.#waiting.get(request);
    if (waiting === undefined) return;
    this.#waiting.delete(request);
    if (kind === FRAME.committed) waiting.resolve('committed');
    else if (kind === FRAME.conflict) waiting.resolve('conflict');
    else if (kind === FRAME.returned) waiting.resolve(JSON.parse(payload.toString()));
    else waiting.reject(uncarriedError(JSON.parse(payload.toString())));
  }
}

const lost = (): EngineFailed => new EngineFailed(new Error('The primary process is gone'));
