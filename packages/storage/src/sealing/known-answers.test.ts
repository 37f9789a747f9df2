/** What others have published of the algorithms, asked of the very functions that seal and open. */
import { createCipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { applySm4Ctr, macSm3, openAesGcm, sealAesGcm } from '../../threads/chunk-cipher.mjs';
import { DataKey, hkdfExpand, hkdfExtract } from './data-key.js';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');
const counted = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, at) => at + 1));

describe('AES-256-GCM (NIST CAVP, gcmEncryptExtIV256.rsp)', () => {
  it.each([
    {
      name: '32 bytes, 48 associated',
      key: 'dc776f0156c15d032623854b625c61868e5db84b7b6f9fbd3672f12f0025e0f6',
      nonce: '67130951c4a57f6ae7f13241',
      plain: '9378a727a5119595ad631b12a5a6bc8a91756ef09c8d6eaa2b718fe86876da20',
      associated:
        'fd0920faeb7b212932280a009bac969145e5c316cf3922622c3705c3457c4e9f124b2076994323fbcfb523f8ed16d241',
      sealed: '6d958c20870d401a3c1f7a0ac092c97774d451c09f7aae992a8841ff0ab9d60d',
      tag: 'b876831b4ecd7242963b040aa45c4114',
    },
    {
      name: '32 bytes, 90 associated',
      key: '26bf255bee60ef0f653769e7034db95b8c791752754e575c761059e9ee8dcf78',
      nonce: 'cecd97ab07ce57c1612744f5',
      plain: '96983917a036650763aca2b4e927d95ffc74339519ed40c4336dba91edfbf9ad',
      associated:
        'afebbe9f260f8c118e52b84d8880a34622675faef334cdb41be9385b7d059b79c0f8a432d25f8b71e781b177fce4d4c57ac5734543e85d7513f96382ff4b2d4b95b2f1fdbaf9e78bbd1db13a7dd26e8a4ac83a3e8ab42d1d545f',
      sealed: 'e34b1540a769f7913331d66796e00bdc3ee0f258cf244eb7663375cc5ad6c658',
      tag: '3841f02beb7a7fca7e578922d0a2f80c',
    },
    {
      name: '51 bytes',
      key: '1fded32d5999de4a76e0f8082108823aef60417e1896cf4218a2fa90f632ec8a',
      nonce: '1f3afa4711e9474f32e70462',
      plain:
        '06b2c75853df9aeb17befd33cea81c630b0fc53667ff45199c629c8e15dce41e530aa792f796b8138eeab2e86c7b7bee1d40b0',
      associated: '',
      sealed:
        '91fbd061ddc5a7fcc9513fcdfdc9c3a7c5d4d64cedf6a9c24ab8a77c36eefbf1c5dc00bc50121b96456c8cd8b6ff1f8b3e480f',
      tag: '30096d340f3d5c42d82a6f475def23eb',
    },
  ])('$name', ({ key, nonce, plain, associated, sealed, tag }) => {
    const made = sealAesGcm(bytes(key), bytes(nonce), bytes(associated), bytes(plain));
    expect([hex(made.sealed), hex(made.tag)]).toEqual([sealed, tag]);
    const open = (mark: Buffer): Buffer | undefined =>
      openAesGcm(bytes(key), bytes(nonce), bytes(associated), bytes(sealed), mark);
    expect(open(bytes(tag))).toEqual(bytes(plain));
    const other = bytes(tag);
    other[15] = (other[15] ?? 0) ^ 1;
    expect(open(other)).toBeUndefined();
  });
});

describe('SM4', () => {
  const key = bytes('0123456789abcdeffedcba9876543210');

  it('encrypts one block as GB/T 32907 and RFC 8998 have it', () => {
    const cipher = createCipheriv('sm4-ecb', key, null);
    expect(hex(cipher.update(key))).toBe('681edf34d206965e86b3e94f536e4246');
  });

  it('encrypts a million times as GB/T 32907 has it', { timeout: 60_000 }, () => {
    // A chain of blocks is what CBC makes of zeros.
    const cipher = createCipheriv('sm4-cbc', key, key);
    const zeros = Buffer.alloc(16_000);
    let last = Buffer.alloc(0);
    for (let count = 0; count < 1_000_000; count += 1000) last = cipher.update(zeros);
    expect(hex(last.subarray(-16))).toBe('595298c7c6fd271f0402f804c33d3f66');
  });

  it('counts as draft-ribose-cfrg-sm4 has it (A.2.5.1)', () => {
    const plain = Buffer.concat(
      [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0xaa, 0xbb].map((byte) => Buffer.alloc(8, byte)),
    );
    expect(hex(applySm4Ctr(key, bytes('000102030405060708090a0b0c0d0e0f'), plain))).toBe(
      'ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514',
    );
  });
});

describe('SM3', () => {
  it.each([
    ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
    ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
  ])('of %s is that of GB/T 32905', (text, digest) => {
    expect(createHash('sm3').update(text).digest('hex')).toBe(digest);
  });

  it.each([
    [
      counted(32),
      Buffer.from('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'.repeat(2)),
      'ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a',
    ],
    [
      counted(37),
      Buffer.alloc(50, 0xcd),
      '220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae',
    ],
    [
      Buffer.alloc(32, 0x0b),
      Buffer.from('Hi There'),
      'c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e',
    ],
    [
      Buffer.from('Jefe'),
      Buffer.from('what do ya want for nothing?'),
      '2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882',
    ],
  ])('in HMAC is that of GM/T 0042 (D.3), in two parts wherever they are cut', (key, text, mac) => {
    for (const cut of [0, 5, text.length]) {
      expect(hex(macSm3(key, text.subarray(0, cut), text.subarray(cut)))).toBe(mac);
    }
  });
});

describe('HKDF', () => {
  it('with SHA-256 derives what RFC 5869 has (A.1, A.3)', () => {
    const secret = Buffer.alloc(22, 0x0b);
    const salted = hkdfExtract('sha256', secret, bytes('000102030405060708090a0b0c'));
    expect(hex(hkdfExpand('sha256', salted, bytes('f0f1f2f3f4f5f6f7f8f9'), 42))).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    );
    expect(hex(hkdfExpand('sha256', hkdfExtract('sha256', secret), Buffer.alloc(0), 42))).toBe(
      '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    );
  });

  it.each(['sha256', 'sm3'])('with %s derives what Node.js does', (hash) => {
    const secret = counted(16);
    const info = Buffer.from('info');
    for (const length of [1, 32, 48, 100]) {
      expect(hex(hkdfExpand(hash, hkdfExtract(hash, secret), info, length))).toBe(
        hex(Buffer.from(hkdfSync(hash, secret, Buffer.alloc(0), info, length))),
      );
    }
  });
});

describe('the keys that are derived from a data key', () => {
  it.each([
    ['AES256', 'sha256', 32, 32],
    ['SM4', 'sm3', 16, 48],
  ] as const)(
    'of %s are those of docs/encryption.md, and of no two bodies the same',
    (cipher, hash, length, bytes) => {
      const secret = counted(length);
      const dataKey = new DataKey(cipher, secret);
      const derived = (info: string, size: number): Buffer =>
        Buffer.from(hkdfSync(hash, secret, Buffer.alloc(32), info, size));
      for (const id of ['01hc9vq3ab00000000000001', '01hc9vq3ab00000000000002']) {
        const key = hex(derived(`OpenOSS body ${cipher} ${id}`, bytes));
        expect(hex(dataKey.forBody(id).key)).toBe(key);
      }
      const content = Buffer.from('content');
      const seal = createHmac(hash, derived(`OpenOSS object ${cipher}`, 32)).update(content);
      expect(hex(dataKey.seal(content))).toBe(seal.digest('hex'));
    },
  );
});
