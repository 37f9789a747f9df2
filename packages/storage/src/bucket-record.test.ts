import { describe, expect, it } from 'vitest';
import { type BucketRecord, decodeBucketRecord, encodeBucketRecord } from './bucket-record.js';
import { checkedValue } from './checked-value.js';
import { CorruptRecord } from './engine/corrupt-record.js';

const key = Buffer.from('nexamplebucket');

const example: BucketRecord = {
  name: 'examplebucket',
  incarnation: '01hc9vq3ab00000000000000',
  epoch: 1,
  owner: '1000',
  createdAt: 1_700_000_000_123,
  storageClass: 'Standard',
  redundancy: 'LRS',
  acl: 'private',
};

describe('a bucket record', () => {
  it('comes back from its stored form as it was', () => {
    expect(decodeBucketRecord(key, encodeBucketRecord(key, example))).toEqual(example);
  });

  it('is of format 2 when something in it denies, so that no older version passes over that', () => {
    const records = [
      { ...example, policy: '{"Version":"1"}' },
      { ...example, blocksPublicAccess: true },
      { ...example, policy: '{}', blocksPublicAccess: true },
    ];
    for (const record of records) {
      const stored = encodeBucketRecord(key, record);
      expect(stored[0]).toBe(2);
      expect(decodeBucketRecord(key, stored)).toEqual(record);
    }
    const cleared = { ...example, policy: undefined, blocksPublicAccess: false };
    expect(encodeBucketRecord(key, cleared)).toEqual(encodeBucketRecord(key, example));
  });

  it('is of format 3 when its objects are encrypted, so that no older version stores them in the clear', () => {
    const rules = [
      { method: 'AES256' },
      { method: 'KMS', keyId: 'alias/own', dataEncryption: 'SM4' },
    ] as const;
    for (const encryption of rules) {
      for (const denials of [{}, { policy: '{}' }]) {
        const record = { ...example, ...denials, encryption };
        const stored = encodeBucketRecord(key, record);
        expect(stored[0]).toBe(3);
        expect(decodeBucketRecord(key, stored)).toEqual(record);
      }
    }
    const cleared = { ...example, encryption: undefined };
    expect(encodeBucketRecord(key, cleared)).toEqual(encodeBucketRecord(key, example));
  });

  it('is found out when any one of its bits is flipped', () => {
    const stored = encodeBucketRecord(key, example);
    for (let bit = 0; bit < stored.length * 8; bit++) {
      const damaged = Buffer.from(stored);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decodeBucketRecord(key, damaged), `bit ${bit}`).toThrow(CorruptRecord);
    }
  });

  it('of a format this version does not know is not interpreted', () => {
    const content = Buffer.from(encodeBucketRecord(key, example).subarray(0, -4));
    content[0] = 4;
    expect(() => decodeBucketRecord(key, checkedValue(key, content))).toThrow(/unknown format 4/);
  });

  it('of format 1 stays readable, whatever later versions write', () => {
    const stored = Buffer.from(
      [
        '01de0008a46e616d65ad6578616d706c656275636b6574ab696e6361726e6174696f6eb830316863',
        '3976713361623030303030303030303030303030a565706f636801a56f776e6572a431303030a963',
        '7265617465644174cb4278bcfe5687b000ac73746f72616765436c617373a85374616e64617264aa',
        '726564756e64616e6379a34c5253a361636ca7707269766174655b6797e8',
      ].join(''),
      'hex',
    );
    expect(decodeBucketRecord(key, stored)).toEqual(example);
  });
});
