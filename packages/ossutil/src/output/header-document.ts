import type { DocumentValue } from './document.js';

const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/**
 * The name of a header in Go's canonical form: `Content-Md5`, `Etag`, `X-Oss-Hash-Crc64ecma`.
 * A name that is no token stays as it is, as in Go.
 */
export function canonicalHeaderName(name: string): string {
  if (!token.test(name)) return name;
  return name.toLowerCase().replace(/(^|-)([a-z])/g, (_, before: string, letter: string) => {
    return before + letter.toUpperCase();
  });
}

/**
 * An answer that has no body, as data: `{"Header": {"Content-Length": ["123"], …}}`. Each header
 * holds the list of its values, because it may come more than once.
 */
export function headerDocument(headers: Iterable<readonly [string, string]>): DocumentValue {
  const values = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const canonical = canonicalHeaderName(name);
    values.set(canonical, [...(values.get(canonical) ?? []), value]);
  }
  return { Header: Object.fromEntries(values) };
}
