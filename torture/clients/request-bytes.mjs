import { escapePath, headerFields, signRequest } from '@openoss/protocol';
import { CREDENTIALS, REGION } from '../kill-loop/server-process.mjs';

/** The bucket of the torture of clients. */
export const BUCKET = 'crowded-bucket';

/**
 * The bytes of a signed request's head.
 * @param {'GET' | 'PUT' | 'DELETE' | 'HEAD'} method
 * @param {string} key
 * @param {Readonly<Record<string, string | number>>} [more] headers that are not signed
 */
export function signedHead(method, key, more = {}) {
  const signed = signRequest(
    { method, bucket: BUCKET, key, query: [], headers: headerFields([]) },
    { version: 'v4', region: REGION, credentials: CREDENTIALS, now: Date.now() },
  );
  const lines = [...Object.entries({ Host: '127.0.0.1', ...more }), ...signed].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.from(
    `${method} /${BUCKET}/${escapePath(key)} HTTP/1.1\r\n${lines.join('')}\r\n`,
    'latin1',
  );
}
