import { readFileSync, statSync } from 'node:fs';
import { ClientError } from '../errors/client-error.js';
import { type ConfigurationFile, parseConfigurationFile } from './configuration-file.js';
import type { ConfigurationPath } from './configuration-path.js';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/**
 * The content of the configuration file; undefined when it does not exist and nobody named it.
 *
 * @throws ClientError when it cannot be read, or was named and does not exist
 */
export async function readConfigurationText(
  location: ConfigurationPath,
): Promise<string | undefined> {
  const { path, explicit } = location;
  try {
    return await readText(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' && !explicit) return undefined;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'it does not exist',
      ENOTDIR: 'it does not exist',
      EISDIR: 'it is a directory',
      EACCES: 'this account may not read it',
    };
    const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
    throw new ClientError(`the configuration file ${path} cannot be read: ${reason}`, {
      cause: error,
      advice: code === 'ENOENT' ? '"ossutil config" creates one' : undefined,
    });
  }
}

/**
 * The content of a file. A regular one is read at once: it is small, and `node:fs/promises` with the
 * threads behind it takes longer to start. Anything else, a pipe, may keep its reader waiting.
 */
async function readText(path: string): Promise<string> {
  if (statSync(path).isFile()) return readFileSync(path, 'utf8');
  const { readFile } = await import('node:fs/promises');
  return await readFile(path, 'utf8');
}

/** The configuration file, read and taken apart; without one, a file without sections. */
export async function readConfiguration(
  location: ConfigurationPath | undefined,
): Promise<ConfigurationFile> {
  const text = location === undefined ? undefined : await readConfigurationText(location);
  return parseConfigurationFile(text ?? '', location?.path ?? '~/.ossutilconfig');
}
