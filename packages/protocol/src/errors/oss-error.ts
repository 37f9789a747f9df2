import { type ErrorKind, errorCatalogue } from './catalogue.js';

/** Elements of `<Error>` beyond Code, Message, RequestId, HostId and EC, in the order they are written. */
export type ErrorDetails = Readonly<Record<string, string>>;

/** Elements of `<Error>` that hold elements themselves, by name. */
export type ErrorGroups = Readonly<Record<string, ErrorDetails>>;

/** What may be said of one refusal beyond its row in the catalogue. */
export interface OssErrorOptions {
  /** Replaces the catalogue's sentence. */
  readonly message?: string;
  /** Extra elements of the error body, such as `BucketName` or `ArgumentValue`. */
  readonly details?: ErrorDetails;
  /** Extra elements that hold elements: `AccessDeniedDetail`. */
  readonly groups?: ErrorGroups;
  /** Headers the answer carries besides the usual ones, such as `x-oss-next-append-position`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What made us refuse, for the log; never shown to a client. */
  readonly cause?: unknown;
}

/** What a client knows of an error that a server answered. */
export interface ReceivedError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly ec?: string | undefined;
  readonly requestId?: string | undefined;
  readonly hostId?: string | undefined;
  readonly details?: ErrorDetails | undefined;
  readonly groups?: ErrorGroups | undefined;
}

/**
 * A refusal in OSS's own terms: what a server throws and writes, and what a client reads and throws.
 *
 * Server code names the cause, `new OssError('ObjectExists', { details })`, and the catalogue says
 * the rest. A client rebuilds one from an answer with {@link OssError.received}; then `kind` is
 * undefined, for a code alone does not tell its cause.
 */
export class OssError extends Error {
  readonly kind: ErrorKind | undefined;
  readonly code: string;
  readonly status: number;
  readonly ec: string | undefined;
  readonly details: ErrorDetails;
  readonly groups: ErrorGroups;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestId: string | undefined;
  readonly hostId: string | undefined;

  constructor(kind: ErrorKind | ReceivedError, options: OssErrorOptions = {}) {
    const known = typeof kind === 'string' ? errorCatalogue[kind] : kind;
    super(
      options.message ?? known.message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'OssError';
    this.kind = typeof kind === 'string' ? kind : undefined;
    this.code = known.code;
    this.status = known.status;
    this.ec = known.ec;
    this.details = options.details ?? (typeof kind === 'string' ? {} : (kind.details ?? {}));
    this.groups = options.groups ?? (typeof kind === 'string' ? {} : (kind.groups ?? {}));
    this.headers = options.headers ?? {};
    this.requestId = typeof kind === 'string' ? undefined : kind.requestId;
    this.hostId = typeof kind === 'string' ? undefined : kind.hostId;
  }

  /** The error a server answered, as a client throws it. */
  static received(error: ReceivedError): OssError {
    return new OssError(error);
  }
}
