import { objectAcls, storageClasses } from '@openoss/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedValue } from './checked-value.js';
import { CorruptRecord } from './engine/corrupt-record.js';
import type { ObjectRecord, Pair } from './object-record.js';
import {
  decodeObjectRecord,
  decodeObjectSummary,
  encodeObjectRecord,
} from './object-record-codec.js';

const byteString = fc
  .uint8Array({ maxLength: 40 })
  .map((bytes) => Buffer.from(bytes).toString('latin1'));
const unicode = fc.string({ unit: 'grapheme', maxLength: 40 });
const pairs = (text: fc.Arbitrary<string>): fc.Arbitrary<Pair[]> =>
  fc.array(fc.tuple(text, text), { maxLength: 6 });
const id = fc.stringMatching(/^[0-9a-v]{24}$/);
const bytes = (minLength: number, maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array));
const time = fc.integer({ min: 0, max: 8.64e15 });

const record: fc.Arbitrary<ObjectRecord> = fc
  .record({
    key: unicode.filter((key) => key !== ''),
    type: fc.constant('Normal' as const),
    size: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    etag: fc.stringMatching(/^[0-9A-F]{32}$/),
    lastModified: time,
    storageClass: fc.constantFrom(...storageClasses),
    owner: fc.stringMatching(/^[0-9]{1,20}$/),
    restoration: fc.option(fc.record({ requestedAt: time, readyAt: time, expiresAt: time }), {
      nil: undefined,
    }),
    revision: id,
    crc64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    acl: fc.constantFrom(...objectAcls),
    headers: pairs(byteString),
    metadata: pairs(byteString),
    tags: pairs(unicode),
    body: fc.oneof(
      fc.constant({ kind: 'empty' as const }),
      fc.record({
        kind: fc.constant('inline' as const),
        id,
        crc32: fc.integer({ min: 0, max: 0xffffffff }),
      }),
      fc.record({ kind: fc.constant('blob' as const), id }),
    ),
    sealing: fc.option(
      fc.record({
        cipher: fc.constantFrom('AES256' as const, 'SM4' as const),
        envelope: bytes(1, 600),
        seal: bytes(32, 32),
      }),
      { nil: undefined },
    ),
  })
  .map(({ restoration, sealing, ...rest }) => ({
    ...rest,
    ...(restoration === undefined ? {} : { restoration }),
    ...(sealing === undefined ? {} : { sealing }),
  }));

const key = Buffer.from('okey');

const example: ObjectRecord = {
  key: 'key',
  type: 'Normal',
  size: 4096,
  etag: 'D41D8CD98F00B204E9800998ECF8427E',
  lastModified: 1_700_000_000_123,
  storageClass: 'IA',
  owner: '1000',
  revision: '01hc9vq3ab00000000000001',
  crc64: 2n ** 64n - 1n,
  acl: 'public-read',
  headers: [['Content-Type', 'text/plain']],
  metadata: [['name', 'caf\xe9']],
  tags: [['色', '蓝']],
  body: { kind: 'inline', id: '01hc9vq3ab00000000000001', crc32: 0xfffffffe },
};

const sealedExample: ObjectRecord = {
  ...example,
  sealing: { cipher: 'SM4', envelope: Buffer.from('envelope'), seal: Buffer.alloc(32, 7) },
};

describe('an object record', () => {
  it('comes back from its stored form as it was', () => {
    fc.assert(
      fc.property(record, (original) => {
        const stored = encodeObjectRecord(key, original);
        expect(decodeObjectRecord(key, original.key, stored)).toEqual(original);
      }),
    );
  });

  it('tells a listing the same as its whole does', () => {
    fc.assert(
      fc.property(record, (original) => {
        const summary = decodeObjectSummary(key, original.key, encodeObjectRecord(key, original));
        expect(original).toMatchObject(summary);
        expect(Object.keys(summary)).not.toContain('headers');
      }),
    );
  });

  it.each([
    ['', example],
    [' of an encrypted object', sealedExample],
  ])('%s is found out when any one of its bits is flipped, or a byte is missing', (_, original) => {
    const stored = encodeObjectRecord(key, original);
    for (let bit = 0; bit < stored.length * 8; bit++) {
      const damaged = Buffer.from(stored);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decodeObjectRecord(key, 'key', damaged), `bit ${bit}`).toThrow(CorruptRecord);
      expect(() => decodeObjectSummary(key, 'key', damaged)).toThrow(CorruptRecord);
    }
    for (let length = 0; length < stored.length; length++) {
      const cut = stored.subarray(0, length);
      expect(() => decodeObjectRecord(key, 'key', cut)).toThrow(CorruptRecord);
    }
  });

  it('is found out under another key than its own', () => {
    const stored = encodeObjectRecord(key, example);
    expect(() => decodeObjectRecord(Buffer.from('oother'), 'other', stored)).toThrow(CorruptRecord);
  });

  it('of a format this version does not know is not interpreted', () => {
    const content = Buffer.from(encodeObjectRecord(key, example).subarray(0, -4));
    content[0] = 3;
    expect(() => decodeObjectRecord(key, 'key', checkedValue(key, content))).toThrow(
      /unknown format 3/,
    );
  });

  it('of an encrypted object is of a format that programs without encryption refuse', () => {
    expect(encodeObjectRecord(key, example)[0]).toBe(1);
    expect(encodeObjectRecord(key, sealedExample)[0]).toBe(2);
  });

  it('of format 2 stays readable, whatever later versions write', () => {
    const stored = Buffer.from(
      [
        '0200010201000000000010004278bcfe5687b000fffffffffffffffffffffffe1830316863397671',
        '33616230303030303030303030303030311830316863397671336162303030303030303030303030',
        '30312044343144384344393846303042323034453938303039393845434638343237450431303030',
        '0107070707070707070707070707070707070707070707070707070707070707070008656e76656c',
        '6f7065939192ac436f6e74656e742d54797065aa746578742f706c61696e9192a46e616d65a56361',
        '66c3a99192a3e889b2a3e8939dc3bcab4f',
      ].join(''),
      'hex',
    );
    expect(decodeObjectRecord(key, 'key', stored)).toEqual(sealedExample);
  });

  it('of format 1 stays readable, whatever later versions write', () => {
    const stored = Buffer.from(
      [
        '0100010201000000000010004278bcfe5687b000fffffffffffffffffffffffe1830316863397671',
        '33616230303030303030303030303030311830316863397671336162303030303030303030303030',
        '30312044343144384344393846303042323034453938303039393845434638343237450431303030',
        '939192ac436f6e74656e742d54797065aa746578742f706c61696e9192a46e616d65a5636166c3a9',
        '9192a3e889b2a3e8939db218fb2a',
      ].join(''),
      'hex',
    );
    expect(decodeObjectRecord(key, 'key', stored)).toEqual(example);
  });
});
