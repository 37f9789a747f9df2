import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Makes a file that only its owner may read, whole and on disk when this resolves, or not at all. */
export async function writeNewFile(file: string, content: string): Promise<void> {
  // Under another name first: a crash in between must not leave half a file in the place of one.
  const unfinished = `${file}.new`;
  await rm(unfinished, { force: true });
  const handle = await open(unfinished, 'wx', 0o600);
  try {
    await handle.writeFile(content);
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
