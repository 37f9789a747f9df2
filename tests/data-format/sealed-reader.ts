/** Decrypts what docs/encryption.md describes, with the data key in hand, and from that page alone. */
import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto';

/** What a record of format 2 has besides. */
export interface ReadSealing {
  readonly cipher: number;
  readonly seal: Buffer;
  readonly envelope: Buffer;
}

/** What a seal is over, besides the envelope. */
export interface SealedPlace {
  readonly bucket: string;
  readonly incarnation: string;
  readonly key: string;
  readonly size: number;
  readonly crc64: bigint;
  readonly etag: string;
  /** Empty for an object of no bytes. */
  readonly bodyId: string;
}

/** The plain body of an object; throws where something is not as the page says. */
export function openSealed(
  stored: Buffer,
  { cipher, seal, envelope }: ReadSealing,
  place: SealedPlace,
  dataKey: Buffer,
): Buffer {
  const isAes = cipher === 0;
  assert(isAes || cipher === 1, 'cipher');
  const name = isAes ? 'AES256' : 'SM4';
  const hash = isAes ? 'sha256' : 'sm3';
  assert(dataKey.length === (isAes ? 32 : 16), 'length of a data key');
  const derive = (info: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync(hash, dataKey, Buffer.alloc(32), info, bytes));

  const { bodyId } = place;
  const sealed = Buffer.concat([
    text('OpenOSS object 1'),
    text(place.bucket),
    text(place.incarnation),
    text(place.key),
    text(''),
    text(envelope),
    number(place.size, 8),
    number(place.crc64, 8),
    text(place.etag),
    number(bodyId === '' ? 0 : 1, 4),
    ...(bodyId === '' ? [] : [text(bodyId), number(place.size, 8)]),
  ]);
  const mac = createHmac(hash, derive(`OpenOSS object ${name}`, 32))
    .update(sealed)
    .digest();
  assert(mac.equals(seal), 'seal of a record');

  const tagBytes = isAes ? 16 : 32;
  const chunks = Math.ceil(place.size / (65_536 - tagBytes));
  assert(stored.length === place.size + tagBytes * chunks, 'size of a sealed body');
  const key = derive(`OpenOSS body ${name} ${bodyId}`, isAes ? 32 : 48);
  const plain: Buffer[] = [];
  for (let index = 0; index < chunks; index++) {
    const chunk = stored.subarray(index * 65_536, (index + 1) * 65_536);
    const bytes = chunk.subarray(0, -tagBytes);
    const tag = chunk.subarray(-tagBytes);
    const last = Buffer.of(index === chunks - 1 ? 1 : 0);
    const associated = Buffer.concat([number(index, 8), last, Buffer.from(bodyId, 'ascii')]);
    if (isAes) {
      const nonce = Buffer.concat([Buffer.alloc(4), number(index, 8)]);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce);
      decipher.setAAD(associated).setAuthTag(tag);
      plain.push(decipher.update(bytes), decipher.final());
    } else {
      const expected = createHmac('sm3', key.subarray(16))
        .update(associated)
        .update(bytes)
        .digest();
      assert(expected.equals(tag), 'tag of a chunk');
      const counter = Buffer.concat([number(index, 8), Buffer.alloc(8)]);
      plain.push(createDecipheriv('sm4-ctr', key.subarray(0, 16), counter).update(bytes));
    }
  }
  return Buffer.concat(plain);
}

function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length, 4), bytes]);
}

function number(value: number | bigint, bytes: 4 | 8): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer.subarray(8 - bytes);
}

function assert(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`Not as docs/encryption.md says: ${what}`);
}
