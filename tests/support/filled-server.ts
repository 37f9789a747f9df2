/** A server whose objects are looked at by `openoss scrub` and `openoss fsck`. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { sendSigned } from './http.js';
import { type Server, serve } from './serve.js';

export const BUCKET = 'scrubbed';
export const LARGE = 300_000;

/** A server, of a new directory, with a bucket, a small object and two large ones. */
export async function filledServer(data: string): Promise<Server & { readonly data: string }> {
  const server = await serve(data);
  await sendSigned(server, { method: 'PUT', bucket: BUCKET });
  for (const [key, size] of [
    ['small', 2000],
    ['large', LARGE],
    ['other', LARGE],
  ] as const) {
    const put = await sendSigned(server, {
      method: 'PUT',
      bucket: BUCKET,
      key,
      body: randomBytes(size),
    });
    expect(put.status).toBe(200);
  }
  return { ...server, data };
}
