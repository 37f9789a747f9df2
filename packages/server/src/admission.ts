import { OssError } from '@openoss/protocol';
import type { Logger } from 'pino';
import type { ServerLimits } from './limits.js';
import { RareWarning } from './rare-warning.js';

/** A document of up to so many bytes is part of what every request may hold. */
const SHORT_DOCUMENT = 64 * 1024;

/**
 * Decides what is taken on. What is too much is refused before anything of it is looked at or read:
 * a refusal must cost little, or a crowd that is refused would still be served.
 */
export class Admission {
  readonly #limits: Pick<ServerLimits, 'maxRequests' | 'documentMemory'>;
  readonly #warning: RareWarning;
  #serving = 0;
  #documentBytes = 0;
  #shed = 0;

  constructor(limits: Pick<ServerLimits, 'maxRequests' | 'documentMemory'>, log: Logger) {
    this.#limits = limits;
    this.#warning = new RareWarning(log, 'overload: requests are refused with 503');
  }

  /** How many requests were refused so far. */
  get shed(): number {
    return this.#shed;
  }

  /** Takes one more request on, unless there are too many; then it is not to be served. */
  enter(): boolean {
    if (this.#serving >= this.#limits.maxRequests) return false;
    this.#serving += 1;
    return true;
  }

  /** Tells that a request that was taken on is over. */
  leave(): void {
    this.#serving -= 1;
  }

  /**
   * Makes room for a document of so many bytes; what is returned gives it back, if anything is to
   * be given back. Throws `ServiceUnavailable` where the documents of other requests take it all.
   */
  holdDocument(bytes: number): (() => void) | undefined {
    if (bytes <= SHORT_DOCUMENT) return undefined;
    // One must fit, or it never would.
    if (this.#documentBytes > 0 && this.#documentBytes + bytes > this.#limits.documentMemory) {
      throw this.refusal('documents');
    }
    this.#documentBytes += bytes;
    let isHeld = true;
    return () => {
      if (isHeld) this.#documentBytes -= bytes;
      isHeld = false;
    };
  }

  /**
   * The refusal of a request that is too much; `tooMany` says of what. Clients are asked to come back
   * after one, two or three seconds in turn, so that they do not all come back at once.
   */
  refusal(tooMany: 'requests' | 'connections' | 'documents' | 'files'): OssError {
    const seconds = 1 + (this.#shed % 3);
    this.#shed += 1;
    this.#warning.tell({ tooMany });
    return new OssError('ServiceUnavailable', { headers: { 'Retry-After': String(seconds) } });
  }
}
