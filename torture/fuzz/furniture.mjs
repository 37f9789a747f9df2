import { OssConnection } from '../kill-loop/oss-connection.mjs';
import { RULED } from './generate-policy.mjs';
import { BUCKETS } from './generate-request.mjs';

/** The bucket and the object that nobody but the sentinel asks for. */
export const SENTINEL = { bucket: 'sentinel-of-the-fuzz', key: 'sentinel' };
export const SENTINEL_BODY = Buffer.from('still here');

/** Makes what the requests are about. @param {number} port */
export async function furnish(port) {
  const connection = new OssConnection(port);
  const requests = [
    ...BUCKETS.map((bucket) => ({
      method: 'PUT',
      bucket,
      headers: { 'x-oss-acl': bucket === 'open' ? 'public-read-write' : 'private' },
    })),
    { method: 'PUT', bucket: RULED },
    { method: 'PUT', bucket: SENTINEL.bucket },
    { method: 'PUT', ...SENTINEL, body: SENTINEL_BODY },
    { method: 'PUT', bucket: 'fuzz', key: 'k0', body: Buffer.from('hello') },
    { method: 'PUT', bucket: 'open', key: 'k1', body: Buffer.alloc(100_000, 'large; ') },
  ];
  for (const request of requests) {
    const { status, body } = await connection.send(request);
    if (status !== 200) throw new Error(`The furniture cannot be made: ${status} ${body}`);
  }
  connection.close();
}
