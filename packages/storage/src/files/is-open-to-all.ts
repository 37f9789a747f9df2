import { stat } from 'node:fs/promises';

/** Whether others than its owner and its group can read a file; Windows says so in other ways. */
export async function isOpenToAll(file: string): Promise<boolean> {
  return process.platform !== 'win32' && ((await stat(file)).mode & 0o004) !== 0;
}
