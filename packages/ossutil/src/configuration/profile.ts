import { ClientError } from '../errors/client-error.js';
import {
  type ConfigurationEntry,
  type ConfigurationFile,
  lastEntry,
  profileNames,
  sameName,
} from './configuration-file.js';

/** A profile as it takes effect: its own keys, then those of the profiles it names as its source. */
export interface Profile {
  readonly name: string;
  /** The entry of a key, however either is spelled; an empty value counts as absent. */
  entry(key: string): ConfigurationEntry | undefined;
}

const ownEntries = (file: ConfigurationFile, name: string): ConfigurationEntry[] => {
  const isDefault = sameName(name, 'default');
  // [Credentials] of 1.x is the base of the default profile; what 2.x's sections say goes before it.
  const legacy = isDefault ? file.sections.filter(({ kind }) => kind === 'credentials') : [];
  const sections = file.sections.filter(
    (section) => section.kind === 'profile' && sameName(section.name, name),
  );
  return [...legacy, ...sections].flatMap(({ entries }) => entries);
};

/** Whether the file has a profile of that name; the default profile always exists. */
export function hasProfile(file: ConfigurationFile, name: string): boolean {
  return sameName(name, 'default') || profileNames(file).some((known) => sameName(known, name));
}

/**
 * The profile called `name` with everything it takes from its `source-profile`, and from that one's.
 *
 * @throws ClientError naming file and line when a source does not exist or leads back to itself
 */
export function resolveProfile(file: ConfigurationFile, name: string): Profile {
  const layers: ConfigurationEntry[][] = [];
  const visited: string[] = [];
  let current: string | undefined = name;
  while (current !== undefined) {
    visited.push(current.toLowerCase());
    const entries = ownEntries(file, current).filter(({ value }) => value !== '');
    layers.push(entries);
    const source = lastEntry(entries, 'source-profile');
    if (source !== undefined) {
      const at = `${file.path}:${source.line}`;
      if (!hasProfile(file, source.value)) {
        throw new ClientError(`${at}: source-profile "${source.value}" is not in the file`);
      }
      if (visited.includes(source.value.toLowerCase())) {
        throw new ClientError(`${at}: source-profile "${source.value}" leads back to itself`);
      }
    }
    current = source?.value;
  }
  return {
    name,
    entry: (key) => {
      for (const layer of layers) {
        const entry = lastEntry(layer, key);
        if (entry !== undefined) return entry;
      }
      return undefined;
    },
  };
}
