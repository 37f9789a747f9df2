import { describe, expect, it } from 'vitest';
import {
  BadEnvelope,
  decodeEnvelope,
  decodeEnvelopeHead,
  type Envelope,
  encodeEnvelope,
} from './envelope.js';

const envelope: Envelope = {
  method: 'KMS',
  keyId: '9468da86-3509-4f8d-a61e-6eab1eac0000',
  encryptedKey: 'd2hhdCBhIGtleSBzZXJ2aWNlIG1ha2Vz',
  context: { purpose: 'Prüfung' },
};

describe('an envelope', () => {
  it('comes back from its stored form as it was', () => {
    expect(decodeEnvelope(encodeEnvelope(envelope))).toEqual(envelope);
    const own: Envelope = { method: 'SM4', keyId: 'k', encryptedKey: 'x', context: undefined };
    expect(decodeEnvelope(encodeEnvelope(own))).toEqual(own);
    expect(decodeEnvelopeHead(encodeEnvelope(envelope))).toEqual({
      method: 'KMS',
      keyId: envelope.keyId,
    });
  });

  it('has the form that docs/encryption.md shows, whatever later versions write', () => {
    const stored = Buffer.from(
      '01020003616263000278790007 7b2261223a22 22'.replaceAll(' ', ''),
      'hex',
    );
    const text = Buffer.from(
      '0102 0003 616263 0002 7879 0009 7b2261223a2262227d'.replaceAll(' ', ''),
      'hex',
    );
    expect(() => decodeEnvelope(stored)).toThrow(BadEnvelope);
    const read = { method: 'KMS', keyId: 'abc', encryptedKey: 'xy', context: { a: 'b' } } as const;
    expect(decodeEnvelope(text)).toEqual(read);
    expect(encodeEnvelope(read)).toEqual(text);
  });

  it('that is cut short, goes on, or is of an unknown format or method is not read', () => {
    const stored = encodeEnvelope(envelope);
    for (let length = 0; length < stored.length; length++) {
      expect(() => decodeEnvelope(stored.subarray(0, length)), `${length}`).toThrow(BadEnvelope);
    }
    expect(() => decodeEnvelope(Buffer.concat([stored, Buffer.of(0)]))).toThrow(/too long/);
    expect(() => decodeEnvelope(Buffer.concat([Buffer.of(2), stored.subarray(1)]))).toThrow(
      /unknown format 2 \(this version knows 1\)/,
    );
    expect(() => decodeEnvelope(Buffer.concat([Buffer.of(1, 3), stored.subarray(2)]))).toThrow(
      /unknown method 3/,
    );
  });
});
