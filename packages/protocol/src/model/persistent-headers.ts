import { OssError } from '../errors/oss-error.js';
import type { Codec } from '../operation/codec.js';

/** Headers of the uploader's own naming that are answered with the object, value as byte string. */
export type PersistentHeaders = readonly (readonly [name: string, value: string])[];

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

// Names that mean something to HTTP framing or that OSS itself answers: stored under them, a value
// could contradict the object.
const RESERVED = new Set([
  'accept-ranges',
  'authorization',
  'cache-control',
  'connection',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-range',
  'content-type',
  'date',
  'etag',
  'expires',
  'host',
  'keep-alive',
  'last-modified',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * `x-oss-persistent-headers`: `name:base64(value)` pairs joined by commas. Refuses reserved names,
 * names that are no HTTP token, and values that are not UTF-8 or hold a line break
 * (https://help.aliyun.com/document_detail/185228.htm).
 */
export const persistentHeaders: Codec<PersistentHeaders> = {
  type: 'string',
  decode(header) {
    const seen = new Set<string>();
    return header.split(',').map((pair) => {
      const colon = pair.indexOf(':');
      const name = pair.slice(0, colon).trim();
      const encoded = pair.slice(colon + 1).trim();
      if (colon < 1 || !TOKEN.test(name))
        throw refusal(`The header name in ${JSON.stringify(pair)} is not a valid HTTP token.`);
      const lower = name.toLowerCase();
      if (RESERVED.has(lower) || lower.startsWith('x-oss-')) {
        throw refusal(`The header name ${name} is reserved.`);
      }
      if (seen.has(lower)) throw refusal(`The header name ${name} stands twice.`);
      seen.add(lower);
      if (!BASE64.test(encoded)) throw refusal(`The value of ${name} is not base64-encoded.`);
      const bytes = Buffer.from(encoded, 'base64');
      if (!isUtf8(bytes)) throw refusal(`The value of ${name} is not encoded in UTF-8.`);
      const value = bytes.toString('latin1');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a control character would end or forge a header
      if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
        throw refusal(`The value of ${name} contains a control character.`);
      return [name, value] as const;
    });
  },
  encode: (headers) =>
    headers
      .map(([name, value]) => `${name}:${Buffer.from(value, 'latin1').toString('base64')}`)
      .join(','),
};

/**
 * Refuses persistent headers that the request itself contradicts: a header of the same name with
 * another value. `headers` have lower-case names and byte-string values.
 */
export function checkPersistentHeaders(
  persistent: PersistentHeaders,
  headers: ReadonlyMap<string, string>,
): void {
  for (const [name, value] of persistent) {
    const real = headers.get(name.toLowerCase());
    if (real !== undefined && real !== value) {
      throw refusal(`The value of ${name} differs from the header of that name in the request.`);
    }
  }
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function refusal(message: string): OssError {
  return new OssError('PersistentHeadersInvalid', {
    message,
    details: { ArgumentName: 'x-oss-persistent-headers' },
  });
}
