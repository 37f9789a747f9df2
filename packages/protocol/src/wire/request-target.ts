import { isUtf8 } from 'node:buffer';
import { OssError } from '../errors/oss-error.js';

/** One query parameter, decoded; null where it stands without `=`. */
export type QueryParameter = readonly [name: string, value: string | null];

/** A request target taken apart: the raw path, and the decoded query. */
export interface RequestTarget {
  /** Percent-encoded, beginning with `/`. */
  readonly path: string;
  readonly query: readonly QueryParameter[];
}

/** Takes the target of a request line apart: origin form, or absolute form as sent to a proxy. */
export function parseRequestTarget(target: string): RequestTarget {
  let rest = target;
  if (!rest.startsWith('/')) {
    const absolute = /^https?:\/\/[^/?#]*/i.exec(rest);
    if (absolute === null) throw invalidUri(target);
    rest = rest.slice(absolute[0].length);
    if (!rest.startsWith('/')) rest = `/${rest}`;
  }
  const mark = rest.indexOf('?');
  if (mark === -1) return { path: rest, query: [] };
  return { path: rest.slice(0, mark), query: parseQuery(rest.slice(mark + 1)) };
}

/** Decodes a raw query string; `+` is a space. */
export function parseQuery(raw: string): readonly QueryParameter[] {
  if (raw === '') return [];
  const parameters: QueryParameter[] = [];
  for (const pair of raw.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals === -1 ? pair : pair.slice(0, equals);
    parameters.push([
      decodeQueryPart(name),
      equals === -1 ? null : decodeQueryPart(pair.slice(equals + 1)),
    ]);
  }
  return parameters;
}

function decodeQueryPart(part: string): string {
  const spaced = part.includes('+') ? part.replaceAll('+', ' ') : part;
  return percentDecode(spaced) ?? fail(part);
}

function fail(part: string): never {
  throw invalidUri(part);
}

/**
 * Decodes percent-encoded UTF-8. Returns undefined for a `%` without two hex digits and for bytes
 * that are not UTF-8.
 */
export function percentDecode(encoded: string): string | undefined {
  if (!encoded.includes('%')) {
    // Raw bytes above ASCII reach us as latin1 characters; they may be UTF-8 all the same.
    return isAscii(encoded) ? encoded : utf8OfBytes(Buffer.from(encoded, 'latin1'));
  }
  const bytes = Buffer.allocUnsafe(encoded.length);
  let length = 0;
  for (let at = 0; at < encoded.length; at++) {
    let code = encoded.charCodeAt(at);
    if (code === 0x25) {
      const high = hexDigit(encoded.charCodeAt(at + 1));
      const low = hexDigit(encoded.charCodeAt(at + 2));
      if (high === -1 || low === -1) return undefined;
      code = (high << 4) | low;
      at += 2;
    }
    bytes[length++] = code;
  }
  return utf8OfBytes(bytes.subarray(0, length));
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

function utf8OfBytes(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function invalidUri(uri: string): OssError {
  return new OssError('InvalidUri', { details: { URI: uri } });
}
