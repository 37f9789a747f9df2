/** docs/encryption.md from end to end: what the service encrypts, readers made from the page decrypt with the root key. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createLog, startService } from '@openoss/server';
import { expect, it } from 'vitest';
import { sendSigned } from '../support/http.js';
import { scratchDirectory } from '../support/programs.js';
import { readKeyring } from './independent-keyring.js';
import { readDataDirectory } from './independent-reader.js';

const scratch = await scratchDirectory();
const METHODS = ['AES256', 'SM4', 'KMS'];

/** What an envelope says, as the page describes it. */
function readEnvelope(envelope: Buffer) {
  let at = 2;
  const text = (): string => {
    const end = at + 2 + envelope.readUInt16BE(at);
    const read = envelope.toString('utf8', at + 2, end);
    at = end;
    return read;
  };
  const read = { method: METHODS[envelope[1] ?? -1], keyId: text(), blob: text(), context: text() };
  expect({ format: envelope[0], end: at }).toEqual({ format: 1, end: envelope.length });
  return read;
}

it('readers made from the page alone decrypt what a service has encrypted', async () => {
  const directory = path.join(scratch, 'data');
  const rootKey = randomBytes(32);
  const credentials = { accessKeyId: 'rootkeyid', accessKeySecret: 'rootkeysecret' };
  const service = await startService({
    directory,
    listen: { host: '127.0.0.1', port: 0 },
    region: 'cn-hangzhou',
    minFreeBytes: 256 * 1024,
    environment: {
      OPENOSS_ROOT_ACCESS_KEY_ID: credentials.accessKeyId,
      OPENOSS_ROOT_ACCESS_KEY_SECRET: credentials.accessKeySecret,
      OPENOSS_KMS_ROOT_KEY: rootKey.toString('base64'),
    },
    log: createLog('fatal'),
  });
  const bucket = 'examplebucket';
  await service.createBucket(bucket);
  const { keyId } = await service.kms.keysOf(service.account).createKey({});
  const header = 'x-oss-server-side-encryption';
  const bodies = new Map<string, Buffer>();
  for (const headers of [
    { [header]: 'AES256' },
    { [header]: 'SM4' },
    { [header]: 'KMS' },
    { [header]: 'KMS', 'x-oss-server-side-data-encryption': 'SM4' },
    { [header]: 'KMS', [`${header}-key-id`]: keyId, [`${header}-context`]: '{"purpose":"test"}' },
  ]) {
    for (const size of [1, 5000, 200_000]) {
      const key = `猫/${bodies.size}`;
      const body = randomBytes(size);
      const answer = await sendSigned(service, { method: 'PUT', bucket, key, body, headers });
      expect(answer.text).toBe('');
      bodies.set(key, body);
    }
  }
  await service.close(0);

  const keyring = await readKeyring(directory, { rootKey });
  const methods = new Set<string>();
  const { buckets, unexplained } = await readDataDirectory(directory, (envelope, object) => {
    const { method = '', keyId: of, blob, context } = readEnvelope(envelope);
    const account = method === 'KMS' ? service.account : 'oss';
    expect(keyring.entries.has(`key/${account}/cn-hangzhou/${of}`)).toBe(true);
    methods.add(method);
    const own = context === '' ? {} : JSON.parse(context);
    return keyring.openBlob(blob, { ...own, 'acs:oss:object': object });
  });
  // Of the two pages, each has what the other leaves out.
  expect(unexplained.filter((name) => !name.startsWith('room:kms/'))).toEqual([]);
  expect(keyring.unexplained).toEqual([]);
  expect([...methods].sort()).toEqual([...METHODS].sort());
  const found = buckets.get(bucket)?.objects ?? new Map();
  expect(found.size).toBe(bodies.size);
  for (const [key, body] of bodies) expect(found.get(key)?.body.equals(body), key).toBe(true);
});
