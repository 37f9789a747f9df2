/** The headers of a request: names lower case, values byte strings, repeats joined by `,`. */
export type HeaderFields = ReadonlyMap<string, string>;

/** Header fields of a flat list of names and values, as `IncomingMessage.rawHeaders` is. */
export function headerFields(raw: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    const value = raw[at + 1] ?? '';
    const earlier = fields.get(name);
    fields.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return fields;
}

/**
 * The lines `name:value\n` of the headers that a signature covers, sorted by name, values trimmed
 * (https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4;
 * version 1 has the same lines for the `x-oss-` headers alone).
 */
export function canonicalHeaderLines(
  headers: HeaderFields,
  isSigned: (name: string) => boolean,
): string {
  const names: string[] = [];
  for (const name of headers.keys()) if (isSigned(name)) names.push(name);
  names.sort();
  let lines = '';
  for (const name of names) lines += `${name}:${trimFieldValue(headers.get(name) ?? '')}\n`;
  return lines;
}

/**
 * A value without white space around it: ASCII white space only, for `String.prototype.trim` would
 * take the byte A0 off the end of a UTF-8 `à`.
 */
export function trimFieldValue(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isWhiteSpace(value.charCodeAt(start))) start++;
  while (end > start && isWhiteSpace(value.charCodeAt(end - 1))) end--;
  return start === 0 && end === value.length ? value : value.slice(start, end);
}

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
