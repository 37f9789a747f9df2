/** Objects of which each version of a key has one body, so that a reader can tell which it has. */
import { createHash } from 'node:crypto';
import { type Reachable, sendSigned } from './http.js';

export const BUCKET = 'examplebucket';

/** The one body that a version of a key has; large ones are blobs. */
export function bodyOf(key: string, version: number, isLarge: boolean): Buffer {
  const block = createHash('sha512').update(`${key} ${version}`).digest();
  return Buffer.concat(Array.from({ length: isLarge ? 1700 + (version % 7) : 20 }, () => block));
}

export const put = async (server: Reachable, key: string, body: Buffer): Promise<void> => {
  const { status } = await sendSigned(server, { method: 'PUT', bucket: BUCKET, key, body });
  if (status !== 200) throw new Error(`PUT ${key}: ${status}`);
};
