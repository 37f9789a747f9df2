import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openBlob, readBlob, sealBlob } from './ciphertext-blob.js';

const masterKey = Buffer.alloc(32, 7);
const used = { keyId: randomUUID(), keyVersionId: randomUUID() };
const context = { bucket: 'b', object: 'o' };
const plaintext = Buffer.from('a data key');

const opened = (text: string, key = masterKey, given: Record<string, string> = context) => {
  const blob = readBlob(text);
  return blob && openBlob(key, blob, given);
};

describe('a ciphertext', () => {
  it('names its key and version, and opens with them and the context', () => {
    const blob = sealBlob(masterKey, used, plaintext, context);
    expect(readBlob(blob)).toMatchObject(used);
    expect(opened(blob)).toEqual(plaintext);
    expect(opened(blob, masterKey, { object: 'o', bucket: 'b' })).toEqual(plaintext);
  });

  it('opens with no other key and in no other context', () => {
    const blob = sealBlob(masterKey, used, plaintext, context);
    expect(opened(blob, Buffer.alloc(32, 8))).toBeUndefined();
    expect(opened(blob, masterKey, {})).toBeUndefined();
    expect(opened(blob, masterKey, { ...context, more: '' })).toBeUndefined();
    expect(opened(sealBlob(masterKey, used, plaintext, undefined))).toBeUndefined();
  });

  it('does not open when any bit of it was turned over, or any of it is missing', () => {
    const blob = Buffer.from(sealBlob(masterKey, used, plaintext, context), 'base64');
    for (let bit = 0; bit < blob.length * 8; bit++) {
      const changed = Buffer.from(blob);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(opened(changed.toString('base64')), `bit ${bit}`).toBeUndefined();
    }
    for (let length = 0; length < blob.length; length++) {
      expect(opened(blob.subarray(0, length).toString('base64'))).toBeUndefined();
    }
    expect(readBlob('not base 64')).toBeUndefined();
    expect(readBlob(`${blob.toString('base64')}\n`)).toBeUndefined();
  });

  it('is another one each time, under a key of its own', () => {
    const many = Array.from({ length: 100 }, () => sealBlob(masterKey, used, plaintext, context));
    const heads = many.map((blob) => Buffer.from(blob, 'base64').subarray(33, 61));
    const salts = heads.map((head) => head.subarray(0, 16).toString('hex'));
    const nonces = heads.map((head) => head.subarray(16).toString('hex'));
    expect([new Set(salts).size, new Set(nonces).size]).toEqual([100, 100]);
  });
});
