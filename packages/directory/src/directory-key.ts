import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isOpenToAll, isWithin, writeNewFile } from '@openoss/storage';

/** The key that seals the secrets at rest. */
export interface DirectoryKey {
  /** 32 bytes. */
  readonly bytes: Buffer;
  /** Where it comes from, for messages: a variable's name or a path. */
  readonly source: string;
}

/**
 * The file in a data directory in which `openoss dev` keeps a directory key of its own. It is never
 * among the files that a backup takes along.
 */
export const DIRECTORY_KEY_FILE = 'directory-key';

const KEY_BYTES = 32;

/** The directory key cannot be used, or is missing. The message says what to do. */
export class DirectoryKeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DirectoryKeyError';
  }
}

/**
 * The directory key: `OPENOSS_DIRECTORY_KEY` (base 64 of 32 bytes), else the file that
 * `OPENOSS_DIRECTORY_KEY_FILE` names, which must lie outside the data directory, else, for
 * development only, one in the data directory, made when it is missing. Undefined when there is none.
 */
export async function findDirectoryKey(
  dataDirectory: string,
  environment: Readonly<Record<string, string | undefined>>,
  {
    development = false,
    onExposed,
  }: {
    readonly development?: boolean;
    /** Told of the file that the environment names, when everybody on the machine can read it. */
    readonly onExposed?: (file: string) => void;
  } = {},
): Promise<DirectoryKey | undefined> {
  const text = environment.OPENOSS_DIRECTORY_KEY ?? '';
  const file = environment.OPENOSS_DIRECTORY_KEY_FILE ?? '';
  if (text !== '' && file !== '') {
    throw new DirectoryKeyError(
      'Set OPENOSS_DIRECTORY_KEY or OPENOSS_DIRECTORY_KEY_FILE, not both.',
    );
  }
  if (text !== '') return decoded(text, 'OPENOSS_DIRECTORY_KEY');
  if (file !== '') {
    const content = await contentOf(file);
    if (content === undefined) {
      throw new DirectoryKeyError(
        `OPENOSS_DIRECTORY_KEY_FILE names ${file}, which does not exist. Make it with: openssl rand -base64 32 > ${file}`,
      );
    }
    if (await isWithin(file, dataDirectory)) {
      throw new DirectoryKeyError(
        `${file} lies in the data directory, whose copies would hold the key with what it seals. Move it elsewhere.`,
      );
    }
    if (await isOpenToAll(file)) onExposed?.(file);
    return decoded(content, file);
  }
  return development ? ownKey(path.join(dataDirectory, DIRECTORY_KEY_FILE)) : undefined;
}

async function ownKey(file: string): Promise<DirectoryKey> {
  const kept = await contentOf(file);
  if (kept !== undefined) return decoded(kept, file);
  const bytes = randomBytes(KEY_BYTES);
  await writeNewFile(file, `${bytes.toString('base64')}\n`);
  return { bytes, source: file };
}

async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function decoded(text: string, source: string): DirectoryKey {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, 'base64');
  // Node passes over what is not base 64: only what comes back as it was is.
  const isBase64 = bytes.toString('base64').replace(/=+$/, '') === trimmed.replace(/=+$/, '');
  if (!isBase64 || bytes.length !== KEY_BYTES) {
    throw new DirectoryKeyError(
      `${source} does not hold a directory key, which is 32 random bytes in base 64. Make one with: openssl rand -base64 32`,
    );
  }
  return { bytes, source };
}
