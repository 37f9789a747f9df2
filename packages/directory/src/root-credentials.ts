import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeNewFile } from '@openoss/storage';
import { randomText } from './random-text.js';

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
 * earlier start left, else new ones, which {@link keepRootCredentials} keeps once it is sure that the start
 * succeeds: whoever starts it is shown them only then, and only once.
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
  return { ...generateCredentials(), source: 'generated' };
}

/** Keeps root credentials that were made, in a file of mode 0600; resolves when it is on disk. */
export async function keepRootCredentials(
  directory: string,
  { accessKeyId, accessKeySecret }: RootCredentials,
): Promise<void> {
  const content = JSON.stringify({ accessKeyId, accessKeySecret }, undefined, 2);
  await writeNewFile(path.join(directory, ROOT_CREDENTIALS_FILE), `${content}\n`);
}

/** New random credentials in Alibaba Cloud's form: a 24-character id that begins with LTAI, a 30-character secret. */
export function generateCredentials(): RootCredentials {
  return { accessKeyId: `LTAI${randomText(20)}`, accessKeySecret: randomText(30) };
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
