import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isOpenToAll, isWithin, writeNewFile } from '@openoss/storage';
import { KmsSetupError } from '../kms-setup-error.js';

/** What the root key is, or is made of: the key that seals the master keys at rest. */
export type RootSecret = {
  /** Where it comes from, for messages: a variable's name or a path. */
  readonly source: string;
} & (
  | {
      /** 32 bytes. */
      readonly key: Buffer;
    }
  | { readonly passphrase: Buffer }
);

/**
 * The file in a data directory in which `openoss dev` keeps a root key of its own. It is never among the files
 * that a backup takes along.
 */
export const KMS_ROOT_KEY_FILE = 'kms-root-key';

export const ROOT_KEY_BYTES = 32;
const LEAST_PASSPHRASE_BYTES = 12;

const VARIABLES = [
  'OPENOSS_KMS_ROOT_KEY',
  'OPENOSS_KMS_ROOT_KEY_FILE',
  'OPENOSS_KMS_PASSPHRASE',
  'OPENOSS_KMS_PASSPHRASE_FILE',
] as const;

/** Where a root key may come from besides, and what is told on the way. */
interface RootSecretOptions {
  readonly development?: boolean;
  /** Told of the file that the environment names, when everybody on the machine can read it. */
  readonly onExposed?: ((file: string) => void) | undefined;
}

/**
 * The root key or the passphrase that one of OPENOSS_KMS_ROOT_KEY (base 64 of 32 bytes),
 * OPENOSS_KMS_PASSPHRASE and the same with `_FILE` holds or names; such a file must lie outside the data
 * directory. Else, for development only, a root key in the data directory, made when it is missing. Undefined when
 * there is none. Throws KmsSetupError.
 */
export async function findRootSecret(
  dataDirectory: string,
  environment: Readonly<Record<string, string | undefined>>,
  { development = false, onExposed }: RootSecretOptions = {},
): Promise<RootSecret | undefined> {
  const named = VARIABLES.filter((name) => (environment[name] ?? '') !== '');
  const [variable, another] = named;
  if (another !== undefined) {
    throw new KmsSetupError(`Set ${variable} or ${another}, not both.`);
  }
  const value = variable === undefined ? '' : (environment[variable] ?? '');
  const content = async (of: string): Promise<Buffer> => {
    const told = await toldFile(of, value, dataDirectory);
    if (await isOpenToAll(value)) onExposed?.(value);
    return told;
  };
  switch (variable) {
    case undefined:
      return development ? ownKey(path.join(dataDirectory, KMS_ROOT_KEY_FILE)) : undefined;
    case 'OPENOSS_KMS_ROOT_KEY':
      return decodedKey(value, variable);
    case 'OPENOSS_KMS_ROOT_KEY_FILE':
      return decodedKey((await content(variable)).toString('latin1'), value);
    case 'OPENOSS_KMS_PASSPHRASE':
      return passphraseOf(Buffer.from(value), variable);
    case 'OPENOSS_KMS_PASSPHRASE_FILE':
      return passphraseOf(withoutLineEnd(await content(variable)), value);
  }
}

async function ownKey(file: string): Promise<RootSecret> {
  const kept = await contentOf(file);
  if (kept !== undefined) return decodedKey(kept.toString('latin1'), file);
  const key = randomBytes(ROOT_KEY_BYTES);
  await writeNewFile(file, `${key.toString('base64')}\n`);
  return { key, source: file };
}

async function toldFile(variable: string, file: string, dataDirectory: string): Promise<Buffer> {
  const content = await contentOf(file);
  if (content === undefined) {
    throw new KmsSetupError(`${variable} names ${file}, which does not exist.`);
  }
  if (await isWithin(file, dataDirectory)) {
    throw new KmsSetupError(
      `${file} lies in the data directory, whose copies would hold the key with what it seals. Move it elsewhere.`,
    );
  }
  return content;
}

async function contentOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'ENOENT') return undefined;
    throw new KmsSetupError(`${file} cannot be read (${error.code}).`);
  }
}

function decodedKey(text: string, source: string): RootSecret {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, 'base64');
  // Node passes over what is not base 64: only what comes back as it was is.
  const isBase64 = key.toString('base64').replace(/=+$/, '') === trimmed.replace(/=+$/, '');
  if (!isBase64 || key.length !== ROOT_KEY_BYTES) {
    throw new KmsSetupError(
      `${source} does not hold a root key, which is 32 random bytes in base 64. Make one with: openssl rand -base64 32`,
    );
  }
  return { key, source };
}

function passphraseOf(passphrase: Buffer, source: string): RootSecret {
  if (passphrase.length < LEAST_PASSPHRASE_BYTES) {
    throw new KmsSetupError(
      `The passphrase of ${source} has fewer than ${LEAST_PASSPHRASE_BYTES} bytes: anybody with a copy of the data directory could guess it.`,
    );
  }
  return { passphrase, source };
}

/** Editors and `echo` end a file with a line feed, which is no part of what somebody typed. */
function withoutLineEnd(content: Buffer): Buffer {
  const text = content.toString('latin1').replace(/\r?\n$/, '');
  return Buffer.from(text, 'latin1');
}
