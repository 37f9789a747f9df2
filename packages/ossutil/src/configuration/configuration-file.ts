import { ClientError } from '../errors/client-error.js';
import { normalizeKey } from './configuration-key.js';
import { parseConfigurationLine } from './configuration-line.js';

/** One `key=value` and where it stands. */
export interface ConfigurationEntry {
  /** As written. */
  readonly key: string;
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

/** What a section is for. */
export type SectionKind =
  | 'profile'
  | 'buckets'
  /** 1.x: `[Credentials]`, `[Bucket-Endpoint]`, `[Bucket-Cname]`. */
  | 'credentials'
  | 'bucket-endpoint'
  | 'bucket-cname'
  | 'unknown';

/** The name of a section taken apart. */
export interface SectionTitle {
  readonly kind: SectionKind;
  /** NAME of `[profile NAME]` and `[buckets NAME]`, as written; empty for the others. */
  readonly name: string;
}

export interface ConfigurationSection extends SectionTitle {
  readonly line: number;
  readonly entries: readonly ConfigurationEntry[];
  /** For `[buckets NAME]`: the indented lines under each bucket, by bucket name. */
  readonly nested: ReadonlyMap<string, readonly ConfigurationEntry[]>;
}

/** A configuration file read: its sections in order. Keys nobody knows are kept. */
export interface ConfigurationFile {
  /** The path it was read from, for messages. */
  readonly path: string;
  readonly sections: readonly ConfigurationSection[];
}

const legacyKinds: Readonly<Record<string, SectionKind>> = {
  credentials: 'credentials',
  'bucket-endpoint': 'bucket-endpoint',
  'bucket-cname': 'bucket-cname',
};

/**
 * Takes the name of a section apart. `[default]` is short for `[profile default]`; a profile's name
 * may hold dots and spaces, and may stand in quotes.
 */
export function sectionTitle(name: string): SectionTitle {
  const [, kind = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(name) ?? [];
  const lowered = kind.toLowerCase();
  const argument = rest.replace(/^(["'])(.*)\1$/, '$2');
  if (lowered === 'default' && argument === '') return { kind: 'profile', name: 'default' };
  if ((lowered === 'profile' || lowered === 'buckets') && argument !== '') {
    return { kind: lowered, name: argument };
  }
  return { kind: (argument === '' ? legacyKinds[lowered] : undefined) ?? 'unknown', name: '' };
}

/** Whether two names of profiles, buckets lists or sections are the same; case does not count. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

interface OpenSection extends SectionTitle {
  readonly line: number;
  readonly entries: ConfigurationEntry[];
  readonly nested: Map<string, ConfigurationEntry[]>;
}

const openSection = (title: SectionTitle, line: number): OpenSection => ({
  ...title,
  line,
  entries: [],
  nested: new Map(),
});

/**
 * Reads a configuration file (INI with the semantics of Go's ini package, as ossutil 2 uses it):
 * sections and keys in any case, `#` and `;` comments, quotes, keys before the first section belong
 * to `[default]`, and in `[buckets NAME]` a bucket's settings stand on indented lines below it.
 *
 * @param text the file's content
 * @param path where it came from, for messages
 * @throws ClientError naming file and line when a line makes no sense
 */
export function parseConfigurationFile(text: string, path: string): ConfigurationFile {
  const failure = (line: number, reason: string) => new ClientError(`${path}:${line}: ${reason}`);
  const sections: OpenSection[] = [];
  let current: OpenSection | undefined;
  let bucket: ConfigurationEntry[] | undefined;

  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  for (const [index, raw] of lines.entries()) {
    const line = index + 1;
    const parsed = parseConfigurationLine(raw);
    if (parsed.kind === 'blank' || parsed.kind === 'comment') continue;
    if (parsed.kind === 'malformed') throw failure(line, parsed.reason);
    if (parsed.kind === 'section') {
      current = openSection(sectionTitle(parsed.name), line);
      sections.push(current);
      bucket = undefined;
      continue;
    }
    if (current === undefined) {
      current = openSection({ kind: 'profile', name: 'default' }, line);
      sections.push(current);
    }
    const { key, value, indented } = parsed;
    if (current.kind !== 'buckets') {
      current.entries.push({ key, value, line });
    } else if (indented) {
      if (bucket === undefined) {
        throw failure(line, 'an indented line belongs under the name of a bucket ("NAME =")');
      }
      bucket.push({ key, value, line });
    } else {
      if (value !== '') {
        throw failure(
          line,
          `the settings of bucket "${key}" go on indented lines below "${key} ="`,
        );
      }
      bucket = current.nested.get(key.toLowerCase()) ?? [];
      current.nested.set(key.toLowerCase(), bucket);
    }
  }
  return { path, sections };
}

/** The names of all profiles in order, each once, as first written. */
export function profileNames(file: ConfigurationFile): string[] {
  const names: string[] = [];
  for (const { kind, name } of file.sections) {
    // 1.x's [Credentials] is where the default profile stands in an old file.
    const profile = kind === 'credentials' ? 'default' : name;
    if (kind !== 'profile' && kind !== 'credentials') continue;
    if (!names.some((known) => sameName(known, profile))) names.push(profile);
  }
  return names;
}

/** The last entry of `key` among `entries`, however it is spelled: a later line wins. */
export function lastEntry(
  entries: readonly ConfigurationEntry[],
  key: string,
): ConfigurationEntry | undefined {
  return entries.findLast((entry) => normalizeKey(entry.key) === normalizeKey(key));
}
