import type { Directory } from '@openoss/directory';
import type { InputOf, Operation, OutputOf, RequestHeaders } from '@openoss/protocol';
import type { BucketRecord, ObjectRecord, ObjectStore } from '@openoss/storage';
import type { ObjectEncryption } from './encryption/object-encryption.js';
import type { IncomingBody } from './http/incoming-body.js';
import type { ServerSettings } from './settings.js';
import type { Caller } from './stages/authenticate.js';
import type { Authorization } from './stages/authorize.js';

/** The bytes a handler answers with: whole, or as they are read. */
export type OutgoingBody = Buffer | AsyncIterable<Buffer>;

/** What a handler is given. Everything in it has been checked: form, signature and permission. */
export interface HandlerContext<Op extends Operation> {
  readonly input: InputOf<Op, IncomingBody>;
  /** The bucket that the request names; for operations that need none, or may create it, undefined if there is none. */
  readonly bucket: BucketRecord | undefined;
  readonly caller: Caller;
  readonly store: ObjectStore;
  readonly directory: Directory;
  readonly settings: ServerSettings;
  readonly encryption: ObjectEncryption;
  /**
   * Decides again on an object as it is at the very moment it is written: handed to storage, so
   * that an ACL set meanwhile counts. Throws the denial.
   */
  readonly admit: (existing: ObjectRecord | undefined) => void;
  /**
   * For what a handler has to ask beyond that, such as about keys of KMS, which it learns of when it looks at the
   * object or its bucket's rule.
   */
  readonly authorization: Pick<
    Authorization,
    'checkObject' | 'allows' | 'decides' | 'checkIdentity' | 'checkKey'
  >;
  /** The request's headers, for rules that span several: lower-case names, byte-string values. */
  readonly headers: RequestHeaders;
}

/** What a handler answers: the operation's output, and a status if it is not the usual one. */
export interface HandlerAnswer<Op extends Operation> {
  readonly status?: number;
  readonly output: OutputOf<Op, OutgoingBody>;
}

/** A handler together with the operation it serves. */
export interface BoundHandler {
  readonly operation: Operation;
  /** Whether the operation works on a bucket that does not exist (and may create it). */
  readonly bucketOptional: boolean;
  /** Whether the handler itself authorizes, object by object, beyond what holds for the bucket. */
  readonly authorizesEachObject: boolean;
  /** The actions that it needs besides where the bucket it names does not exist, and is created. */
  readonly actionsToCreate: readonly string[];
  /**
   * Whether the bucket it names is to be a new one: whose an existing one is, is then no matter of
   * permissions, and who may what to one of the caller's account decides the handler.
   */
  readonly createsBucket: boolean;
  /** Takes the context whose input `operation` describes; only the pipeline, which decodes by it, can have one. */
  readonly serve: (
    context: never,
  ) => Promise<{ readonly status?: number; readonly output: object }>;
}

/** Binds a function to the operation that it serves. */
export function handler<Op extends Operation>(
  operation: Op,
  serve: (context: HandlerContext<Op>) => Promise<HandlerAnswer<Op>>,
  options: {
    readonly bucketOptional?: boolean;
    readonly authorizesEachObject?: boolean;
    readonly actionsToCreate?: readonly string[];
    readonly createsBucket?: boolean;
  } = {},
): BoundHandler {
  return {
    operation,
    bucketOptional: options.bucketOptional ?? false,
    authorizesEachObject: options.authorizesEachObject ?? false,
    actionsToCreate: options.actionsToCreate ?? [],
    createsBucket: options.createsBucket ?? false,
    serve,
  };
}
