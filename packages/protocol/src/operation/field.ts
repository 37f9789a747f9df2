import type { ErrorKind } from '../errors/catalogue.js';
import type { Codec } from './codec.js';
import type { valueType, XmlShape } from './xml-shape.js';

/** Stands for a body that streams; a client and a server each put their own type in its place. */
export declare const streamedBody: unique symbol;
export type StreamedBody = typeof streamedBody;

/** What every field of an input or an output says of itself. */
interface FieldBase<T, Required extends boolean> {
  /** One sentence for help and reference pages. */
  readonly doc: string;
  readonly required: Required;
  /** The command line's name for it; false where the command line has no flag for it. */
  readonly flag: string | false | undefined;
  /**
   * The server does not serve this yet: its presence is refused with `NotImplemented`, never
   * accepted and ignored. Clients may still send it to a service that does.
   */
  readonly notImplemented: boolean;
  readonly [valueType]?: T;
}

interface TextField<T, Required extends boolean> extends FieldBase<T, Required> {
  readonly name: string;
  readonly codec: Codec<never>;
  /** The refusal of a value that the codec does not take. */
  readonly invalid: ErrorKind;
  /** The refusal of an empty value; without one an empty header counts as absent. */
  readonly empty: ErrorKind | undefined;
  /** The refusal when a required value is absent. */
  readonly missing: ErrorKind;
}

/** A value in a header. */
export interface HeaderField<T = unknown, R extends boolean = boolean> extends TextField<T, R> {
  readonly kind: 'header';
}

/** A value in the query string. */
export interface QueryField<T = unknown, R extends boolean = boolean> extends TextField<T, R> {
  readonly kind: 'query';
}

/** Every header whose name begins with a prefix, by the rest of its (lower-case) name. */
export interface HeaderMapField<R extends boolean = boolean>
  extends FieldBase<Readonly<Record<string, string>>, R> {
  readonly kind: 'headerMap';
  readonly prefix: string;
  /** Throws an `OssError` for names or sizes that are not allowed. */
  readonly check: ((entries: Readonly<Record<string, string>>) => void) | undefined;
}

/** A body that streams. */
export interface PayloadField<R extends boolean = boolean> extends FieldBase<StreamedBody, R> {
  readonly kind: 'payload';
  readonly maxBytes: number | undefined;
}

/** A body that is one XML document. */
export interface XmlField<T = unknown, R extends boolean = boolean> extends FieldBase<T, R> {
  readonly kind: 'xml';
  readonly shape: XmlShape;
  /** Bytes; a longer document is refused as malformed. */
  readonly maxBytes: number;
}

/** One part of an input or an output. */
export type Field<T = unknown, R extends boolean = boolean> =
  | HeaderField<T, R>
  | QueryField<T, R>
  | HeaderMapField<R>
  | PayloadField<R>
  | XmlField<T, R>;

/** The parts of an input or an output, by the name they have in a program. */
export type Fields = Readonly<Record<string, Field>>;

interface TextOptions<R extends boolean> {
  readonly required?: R;
  readonly flag?: string | false;
  readonly notImplemented?: boolean;
  readonly invalid?: ErrorKind;
  readonly empty?: ErrorKind;
  readonly missing?: ErrorKind;
}

function textField<T, R extends boolean>(
  name: string,
  codec: Codec<T>,
  doc: string,
  options: TextOptions<R>,
): TextField<T, R> {
  return {
    name,
    // A field is read and written with the same codec, so its value type never leaves the pair.
    codec: codec as Codec<never>,
    doc,
    required: (options.required ?? false) as R,
    flag: options.flag,
    notImplemented: options.notImplemented ?? false,
    invalid: options.invalid ?? 'InvalidArgument',
    empty: options.empty,
    missing: options.missing ?? 'MissingArgument',
  };
}

/** A value in the header `name`. */
export function header<T, const R extends boolean = false>(
  name: string,
  codec: Codec<T>,
  doc: string,
  options: TextOptions<R> = {},
): HeaderField<T, R> {
  return { kind: 'header', ...textField(name, codec, doc, options) };
}

/** A value in the query parameter `name`. */
export function query<T, const R extends boolean = false>(
  name: string,
  codec: Codec<T>,
  doc: string,
  options: TextOptions<R> = {},
): QueryField<T, R> {
  return { kind: 'query', ...textField(name, codec, doc, options) };
}

/** All headers that begin with `prefix`. */
export function headerMap(
  prefix: string,
  doc: string,
  options: {
    readonly flag?: string | false;
    readonly check?: (entries: Readonly<Record<string, string>>) => void;
  } = {},
): HeaderMapField<false> {
  return {
    kind: 'headerMap',
    prefix,
    doc,
    required: false,
    flag: options.flag,
    notImplemented: false,
    check: options.check,
  };
}

/** A body that streams; on the way in at most `maxBytes` long. */
export function payload(
  doc: string,
  options: { readonly maxBytes?: number } = {},
): PayloadField<false> {
  return {
    kind: 'payload',
    doc,
    required: false,
    flag: undefined,
    notImplemented: false,
    maxBytes: options.maxBytes,
  };
}

/** The default limit of an XML body: 2 MiB, as OSS sets it for DeleteMultipleObjects. */
const XML_BODY_LIMIT = 2 * 1024 * 1024;

/** A body that is one XML document of the given shape. */
export function xmlBody<T, const R extends boolean = false>(
  shape: XmlShape<T>,
  doc: string,
  options: {
    readonly required?: R;
    readonly flag?: string | false;
    readonly maxBytes?: number;
  } = {},
): XmlField<T, R> {
  return {
    kind: 'xml',
    shape,
    doc,
    required: (options.required ?? false) as R,
    flag: options.flag,
    notImplemented: false,
    maxBytes: options.maxBytes ?? XML_BODY_LIMIT,
  };
}

/** The value a set of fields stands for; `Body` takes the place of a streamed body. */
export type ValueOf<F extends Fields, Body> = {
  readonly [K in keyof F as F[K]['required'] extends true ? K : never]: FieldValue<F[K], Body>;
} & {
  readonly [K in keyof F as F[K]['required'] extends true ? never : K]?:
    | FieldValue<F[K], Body>
    | undefined;
};

type FieldValue<F extends Field, Body> = F extends PayloadField
  ? Body
  : NonNullable<F[typeof valueType]>;
