/** One line of a configuration file. */
export type ConfigurationLine =
  | { readonly kind: 'blank' }
  | { readonly kind: 'comment' }
  | { readonly kind: 'section'; readonly name: string }
  | {
      readonly kind: 'entry';
      /** As it is written. */
      readonly key: string;
      /** Without quotes and comment. */
      readonly value: string;
      readonly indented: boolean;
    }
  | { readonly kind: 'malformed'; readonly reason: string };

/**
 * The value in the text after `=`. Quotes (`"`, `'`, `` ` ``) around it are taken off and protect
 * everything inside; without them a `#` or `;` after a space begins a comment, as in Go's ini.
 */
export function parseValue(text: string): string {
  const trimmed = text.trim();
  const quoted = /^(["'`])(.*?)\1\s*(?:[#;].*)?$/.exec(trimmed);
  if (quoted?.[2] !== undefined) return quoted[2];
  return trimmed.replace(/(?:^|\s+)[#;].*$/, '').trim();
}

/** `value` written so that `parseValue` gives it back. */
export function writeValue(value: string): string {
  if (parseValue(value) === value) return value;
  const quote = ['"', "'", '`'].find((mark) => parseValue(`${mark}${value}${mark}`) === value);
  return quote === undefined ? value : `${quote}${value}${quote}`;
}

/**
 * Where the value of an entry begins: after the first `=`, or after the first `:` that a space
 * follows where there is no `=` (Go's ini takes both; without the space, `endpoint http://host`,
 * which lacks its `=`, would become a key `endpoint http`).
 */
function delimiterAt(line: string): number {
  const equals = line.indexOf('=');
  if (equals >= 0) return equals;
  return line.search(/:(?=\s|$)/);
}

/** Reads one line, without its line break. */
export function parseConfigurationLine(line: string): ConfigurationLine {
  const trimmed = line.trim();
  if (trimmed === '') return { kind: 'blank' };
  if (/^[#;]/.test(trimmed)) return { kind: 'comment' };
  if (trimmed.startsWith('[')) {
    const section = /^\[([^\]]*)\]\s*(?:[#;].*)?$/.exec(trimmed);
    const name = section?.[1]?.trim() ?? '';
    if (section === null) return { kind: 'malformed', reason: `unclosed section: ${trimmed}` };
    if (name === '') return { kind: 'malformed', reason: 'a section without a name' };
    return { kind: 'section', name };
  }
  const delimiter = delimiterAt(line);
  if (delimiter < 0) {
    return { kind: 'malformed', reason: `neither a [section] nor key=value: "${trimmed}"` };
  }
  const key = line.slice(0, delimiter).trim();
  if (key === '') return { kind: 'malformed', reason: `a value without a key: "${trimmed}"` };
  const value = parseValue(line.slice(delimiter + 1));
  return { kind: 'entry', key, value, indented: /^\s/.test(line) };
}
