import { sameName, sectionTitle } from './configuration-file.js';
import { knownKey, normalizeKey } from './configuration-key.js';
import { parseConfigurationLine, writeValue } from './configuration-line.js';

/** A change of one key of one profile; an empty value deletes the key. */
export interface ConfigurationEdit {
  readonly profile: string;
  readonly key: string;
  readonly value: string;
}

/** Lines that belong to a profile: the index after their heading, and the index of the next one. */
interface Span {
  readonly start: number;
  readonly end: number;
  /** Under a heading of the profile's own, where a new key may go. */
  readonly takesMore: boolean;
}

/**
 * Where a profile's keys stand, in order. The default profile also has the keys before the first
 * section and those of 1.x's `[Credentials]`; new keys go to neither.
 */
function profileSpans(lines: readonly string[], profile: string): Span[] {
  const isDefault = sameName(profile, 'default');
  const spans: Span[] = [];
  let open: Omit<Span, 'end'> | undefined = isDefault ? { start: 0, takesMore: false } : undefined;
  for (const [index, line] of lines.entries()) {
    const parsed = parseConfigurationLine(line);
    if (parsed.kind !== 'section') continue;
    if (open !== undefined) spans.push({ ...open, end: index });
    const { kind, name } = sectionTitle(parsed.name);
    const own = kind === 'profile' && sameName(name, profile);
    const legacy = kind === 'credentials' && isDefault;
    open = own || legacy ? { start: index + 1, takesMore: own } : undefined;
  }
  if (open !== undefined) spans.push({ ...open, end: lines.length });
  return spans;
}

function heading(profile: string): string {
  return sameName(profile, 'default') ? '[default]' : `[profile ${profile}]`;
}

/** A line with another value; key, spacing and the comment at its end stay as they were written. */
function replaceValue(line: string, value: string): string {
  const [, before = '', rest = ''] = /^([^=:]*[=:][ \t]*)(.*)$/s.exec(line) ?? [];
  const quoted = /^(["'`]).*?\1(\s*[#;].*)?$/.exec(rest);
  const comment = quoted === null ? /\s+[#;].*$/.exec(rest)?.[0] : quoted[2];
  return before + writeValue(value) + (comment ?? '');
}

function addKey(lines: string[], { profile, key, value }: ConfigurationEdit): string[] {
  const entry = `${knownKey(key) ?? key}=${writeValue(value)}`;
  const span = profileSpans(lines, profile).findLast(({ takesMore }) => takesMore);
  if (span === undefined) {
    const isEmpty = lines.every((line) => line.trim() === '');
    const before = isEmpty ? [] : [...trimEnd(lines), ''];
    return [...before, heading(profile), entry, ''];
  }
  // After the last key: blank lines and comments before the next heading belong to that.
  const keys = lines.slice(span.start, span.end).findLastIndex((line) => {
    return parseConfigurationLine(line).kind === 'entry';
  });
  const at = span.start + keys + 1;
  const after = lines.slice(at);
  return [...lines.slice(0, at), entry, ...(after.length === 0 ? [''] : after)];
}

function trimEnd(lines: readonly string[]): string[] {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return lines.slice(0, last + 1);
}

/**
 * The configuration file `text` after an edit. Everything the edit is not about stays byte for byte:
 * comments, unknown keys and sections, spelling, order and line ends.
 *
 * An existing key keeps its spelling and its place (the last one counts, earlier ones of the same
 * key go); a new one is added at the end of the profile's last section, which is created if need be.
 */
export function editConfiguration(text: string, edit: ConfigurationEdit): string {
  const lineEnd = /\r\n/.test(text) ? '\r\n' : '\n';
  const lines = text.split(/\r?\n/);
  const wanted = normalizeKey(edit.key);
  const found = profileSpans(lines, edit.profile).flatMap(({ start, end }) =>
    lines.slice(start, end).flatMap((line, offset) => {
      const parsed = parseConfigurationLine(line);
      return parsed.kind === 'entry' && normalizeKey(parsed.key) === wanted ? [start + offset] : [];
    }),
  );
  const last = found.at(-1);
  if (last === undefined) {
    return edit.value === '' ? text : addKey(lines, edit).join(lineEnd);
  }
  return lines
    .flatMap((line, index) => {
      if (!found.includes(index)) return [line];
      return index === last && edit.value !== '' ? [replaceValue(line, edit.value)] : [];
    })
    .join(lineEnd);
}
