import { realpath } from 'node:fs/promises';
import path from 'node:path';

/** Whether a file that there is lies in a directory, links followed; the directory need not be there yet. */
export async function isWithin(file: string, directory: string): Promise<boolean> {
  const relative = path.relative(await realOf(directory), await realpath(file));
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

async function realOf(directory: string): Promise<string> {
  try {
    return await realpath(directory);
  } catch {
    return path.resolve(directory);
  }
}
