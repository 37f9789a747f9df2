import type { ErrorKind } from '../errors/catalogue.js';
import { httpDateText, isoDateText } from './instant-text.js';

/**
 * How one value stands on the wire as text, both ways.
 *
 * Header text is a byte string (each character one byte, as HTTP carries it); query and XML text
 * is Unicode. A codec that only passes text through serves both.
 */
export interface Codec<T> {
  /** What the value is, for help and reference pages. */
  readonly type: 'string' | 'boolean' | 'integer' | 'time';
  /** The legal values, where they can be listed. */
  readonly values?: readonly string[];
  /** Reads the text; throws {@link BadValue} when it is not legal. */
  decode(text: string): T;
  encode(value: T): string;
}

/** What a {@link Codec} throws: the text is not a legal value. */
export class BadValue extends Error {
  /** The refusal this very fault has, where it differs from the field's own. */
  readonly kind: ErrorKind | undefined;

  constructor(message?: string, kind?: ErrorKind) {
    super(message);
    this.name = 'BadValue';
    this.kind = kind;
  }
}

/** Any text, kept as it came. */
export const text: Codec<string> = {
  type: 'string',
  decode: (value) => value,
  encode: (value) => value,
};

/**
 * Text that comes in the query and will stand in a header of the answer: who answers reads it as the
 * byte string that a header is, who asks writes Unicode. Control characters, which would end or
 * forge a header, are not legal.
 */
export const headerText: Codec<string> = {
  type: 'string',
  decode(value) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) throw new BadValue();
    return Buffer.from(value, 'utf8').toString('latin1');
  },
  encode: (value) => value,
};

/** `true` or `false`, in any case when read. */
export const boolean: Codec<boolean> = {
  type: 'boolean',
  values: ['true', 'false'],
  decode(value) {
    const lower = value.toLowerCase();
    if (lower === 'true') return true;
    if (lower === 'false') return false;
    throw new BadValue();
  },
  encode: (value) => (value ? 'true' : 'false'),
};

/** A decimal integer within `min` and `max`, both allowed. */
export function integer({ min = 0, max = Number.MAX_SAFE_INTEGER } = {}): Codec<number> {
  return {
    type: 'integer',
    decode(value) {
      if (!/^-?\d{1,16}$/.test(value)) throw new BadValue();
      const number = Number(value);
      if (number < min || number > max) throw new BadValue();
      return number;
    },
    encode: (value) => String(value),
  };
}

const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;

/** An unsigned 64-bit number in decimal, such as a CRC-64. */
export const uint64: Codec<bigint> = {
  type: 'string',
  decode(value) {
    if (!/^\d{1,20}$/.test(value)) throw new BadValue();
    const number = BigInt(value);
    if (number > MAX_UINT64) throw new BadValue();
    return number;
  },
  encode: (value) => String(value),
};

/** One of the listed words, to the letter. */
export function oneOf<const V extends string>(values: readonly V[]): Codec<V> {
  const known = new Set<string>(values);
  const isKnown = (value: string): value is V => known.has(value);
  return {
    type: 'string',
    values,
    decode(value) {
      if (isKnown(value)) return value;
      throw new BadValue();
    },
    encode: (value) => value,
  };
}

/** An ETag: bare inside the program, in double quotes on the wire. */
export const quotedEtag: Codec<string> = {
  type: 'string',
  decode: (value) =>
    value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value,
  encode: (value) => `"${value}"`,
};

/** An instant in milliseconds since 1970, as an HTTP date (RFC 9110, IMF-fixdate) on the wire. */
export const httpDate: Codec<number> = {
  type: 'time',
  decode(value) {
    const instant = Date.parse(value);
    if (Number.isNaN(instant)) throw new BadValue();
    return instant;
  },
  encode: httpDateText,
};

/** An instant in milliseconds since 1970, as `2012-02-24T08:43:07.000Z` on the wire, in whole seconds. */
export const isoDate: Codec<number> = {
  type: 'time',
  decode: httpDate.decode,
  encode: isoDateText,
};
