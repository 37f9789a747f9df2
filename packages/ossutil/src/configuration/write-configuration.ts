import { randomBytes } from 'node:crypto';
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ClientError } from '../errors/client-error.js';

/** What a symbolic link leads to, so that writing does not replace the link itself. */
async function target(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/**
 * Writes the configuration file in one step: a reader sees the old content or the new, also after a
 * crash. The file is its owner's alone (mode 0600) because it holds secrets, whatever mode it had.
 *
 * @throws ClientError when it cannot be written; the old file is then untouched
 */
export async function writeConfiguration(path: string, text: string): Promise<void> {
  const final = await target(path);
  const draft = `${final}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(final), { recursive: true });
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, final);
  } catch (error) {
    await rm(draft, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new ClientError(`the configuration file ${path} cannot be written: ${reason}`, {
      cause: error,
    });
  }
}
