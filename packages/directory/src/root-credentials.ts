import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** The access key of the account that owns everything. */
export interface RootCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** Root credentials, and whether this very call made them. */
export interface FoundRootCredentials extends RootCredentials {
  readonly source: 'environment' | 'file' | 'generated';
}

/** The file in a data directory that keeps root credentials; a backup takes it along. */
export const ROOT_CREDENTIALS_FILE = 'root-credentials.json';

// What a signature can carry as an access key id: see the Authorization header's grammar.
const ACCESS_KEY_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** What {@link findRootCredentials} throws: what was given cannot be used. The message says what to do. */
export class RootCredentialsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RootCredentialsError';
  }
}

/**
 * The root credentials of a data directory: from the environment, else from the file that an
 * earlier start left, else new ones, kept in a file of mode 0600 that is on disk before they are used.
 */
export async function findRootCredentials(
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<FoundRootCredentials> {
  const id = environment.OPENOSS_ROOT_ACCESS_KEY_ID ?? '';
  const secret = environment.OPENOSS_ROOT_ACCESS_KEY_SECRET ?? '';
  if (id !== '' || secret !== '') {
    if (id === '' || secret === '') {
      throw new RootCredentialsError(
        'OPENOSS_ROOT_ACCESS_KEY_ID and OPENOSS_ROOT_ACCESS_KEY_SECRET must be set both, or neither.',
      );
    }
    if (!ACCESS_KEY_ID.test(id)) {
      throw new RootCredentialsError(
        'OPENOSS_ROOT_ACCESS_KEY_ID may have 1 to 128 letters, digits, dots, underscores and hyphens.',
      );
    }
    return { accessKeyId: id, accessKeySecret: secret, source: 'environment' };
  }
  const file = path.join(directory, ROOT_CREDENTIALS_FILE);
  const kept = await readKept(file);
  if (kept !== undefined) return { ...kept, source: 'file' };
  const made = generateCredentials();
  await keep(file, made);
  return { ...made, source: 'generated' };
}

/** New random credentials in Alibaba Cloud's form: a 24-character id that begins with LTAI, a 30-character secret. */
export function generateCredentials(): RootCredentials {
  return { accessKeyId: `LTAI${randomText(20)}`, accessKeySecret: randomText(30) };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // Bytes past the last whole round of the alphabet would favour its first letters.
      if (byte < 248 && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}

async function readKept(file: string): Promise<RootCredentials | undefined> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  let kept: unknown;
  try {
    kept = JSON.parse(content);
  } catch {
    kept = undefined;
  }
  if (
    typeof kept === 'object' &&
    kept !== null &&
    'accessKeyId' in kept &&
    typeof kept.accessKeyId === 'string' &&
    'accessKeySecret' in kept &&
    typeof kept.accessKeySecret === 'string'
  ) {
    return { accessKeyId: kept.accessKeyId, accessKeySecret: kept.accessKeySecret };
  }
  throw new RootCredentialsError(
    `${file} is damaged. Set OPENOSS_ROOT_ACCESS_KEY_ID and OPENOSS_ROOT_ACCESS_KEY_SECRET, or remove the file to have new credentials made.`,
  );
}

async function keep(file: string, credentials: RootCredentials): Promise<void> {
  // Under another name first: a crash in between must not leave half a file in the place of one.
  const unfinished = `${file}.new`;
  await rm(unfinished, { force: true });
  const handle = await open(unfinished, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(credentials, undefined, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
  const directory = await open(path.dirname(file), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
