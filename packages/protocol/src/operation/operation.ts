import type { ErrorKind } from '../errors/catalogue.js';
import type { Fields, ValueOf } from './field.js';

/** What an operation works on; it decides whether a request names a bucket and a key. */
export type Target = 'service' | 'bucket' | 'object';

/** The HTTP methods that OSS uses. */
export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD';

/** Which requests an operation answers. */
export interface Match {
  readonly on: Target;
  readonly method: Method;
  /** Query parameters that must be present; with a string, to that value. */
  readonly query?: Readonly<Record<string, string | null>>;
}

/** An action that a caller must be allowed, and when. */
export interface RequiredAction<Input> {
  /** As a policy names it, such as `oss:PutObject`. */
  readonly action: string;
  /** For the reference page: when the action is needed beyond always. */
  readonly when?: string;
  /** Whether this very request needs it; without one, every request does. */
  readonly applies?: (input: Input) => boolean;
}

/** The bucket and key a target implies. */
export type TargetValue<T extends Target> = T extends 'object'
  ? { readonly bucket: string; readonly key: string }
  : T extends 'bucket'
    ? { readonly bucket: string }
    : unknown;

/** One OSS operation, described once; server, client, command line and reference pages all read it. */
export interface Operation<
  M extends Match = Match,
  I extends Fields = Fields,
  O extends Fields = Fields,
> {
  /** The API's name, such as `PutObject`. */
  readonly name: string;
  /** What it does, in a sentence or two. */
  readonly doc: string;
  readonly match: M;
  readonly input: I;
  readonly output: O;
  /** Statuses of success; a handler that names none answers the first. */
  readonly success: readonly number[];
  // biome-ignore format: `never` makes every operation assignable to `Operation`: only its own code calls `applies`.
  readonly actions: readonly RequiredAction<never>[];
  /** What a caller must be allowed to do with the key of KMS that the object is encrypted with, if it is with one. */
  readonly keyActions: readonly string[];
  /** Causes this operation refuses for, besides those that any request may meet. */
  readonly errors: readonly ErrorKind[];
  /** Command-line examples, each with a sentence on what it does. */
  readonly examples: readonly { readonly doc: string; readonly command: string }[];
}

/** What an operation takes, with `Body` in the place of a streamed body. */
export type InputOf<Op extends Operation, Body = never> = TargetValue<Op['match']['on']> &
  ValueOf<Op['input'], Body>;

/** What an operation answers, with `Body` in the place of a streamed body. */
export type OutputOf<Op extends Operation, Body = never> = ValueOf<Op['output'], Body>;

/** Describes an operation; see {@link Operation} for the parts. */
export function operation<
  const M extends Match,
  const I extends Fields,
  const O extends Fields,
>(description: {
  readonly name: string;
  readonly doc: string;
  readonly match: M;
  readonly input: I;
  readonly output: O;
  readonly success?: readonly number[];
  readonly actions: readonly RequiredAction<TargetValue<M['on']> & ValueOf<I, unknown>>[];
  readonly keyActions?: readonly string[];
  readonly errors: readonly ErrorKind[];
  readonly examples?: readonly { readonly doc: string; readonly command: string }[];
}): Operation<M, I, O> {
  return { success: [200], keyActions: [], examples: [], ...description };
}
