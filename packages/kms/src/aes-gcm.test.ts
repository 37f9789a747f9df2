import { describe, expect, it } from 'vitest';
import { decryptAesGcm, encryptAesGcm } from './aes-gcm.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** Of NIST's CAVP file gcmEncryptExtIV256.rsp, and test cases 15 and 16 of the GCM specification. */
const VECTORS = [
  {
    from: 'gcmEncryptExtIV256 [PTlen = 0, AADlen = 0] Count 0',
    key: 'b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4',
    nonce: '516c33929df5a3284ff463d7',
    additional: '',
    plaintext: '',
    sealed: 'bdc1ac884d332457a1d2664f168c76f0',
  },
  {
    from: 'gcmEncryptExtIV256 [PTlen = 128, AADlen = 0] Count 0',
    key: '31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22',
    nonce: '0d18e06c7c725ac9e362e1ce',
    additional: '',
    plaintext: '2db5168e932556f8089a0622981d017d',
    sealed: 'fa4362189661d163fcd6a56d8bf0405a d636ac1bbedd5cc3ee727dc2ab4a9489',
  },
  {
    from: 'gcmEncryptExtIV256 [PTlen = 128, AADlen = 128] Count 0',
    key: '92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b',
    nonce: 'ac93a1a6145299bde902f21a',
    additional: '1e0889016f67601c8ebea4943bc23ad6',
    plaintext: '2d71bcfa914e4ac045b2aa60955fad24',
    sealed: '8995ae2e6df3dbf96fac7b7137bae67f eca5aa77d51d4a0a14d9c51e1da474ab',
  },
  {
    from: 'The Galois/Counter Mode of Operation, test case 15',
    key: 'feffe9928665731c6d6a8f9467308308 feffe9928665731c6d6a8f9467308308',
    nonce: 'cafebabefacedbaddecaf888',
    additional: '',
    plaintext: `d9313225f88406e5a55909c5aff5269a 86a7a9531534f7da2e4c303d8a318a72
      1c3c0c95956809532fcf0e2449a6b525 b16aedf5aa0de657ba637b391aafd255`,
    sealed: `522dc1f099567d07f47f37a32a84427d 643a8cdcbfe5c0c97598a2bd2555d1aa
      8cb08e48590dbb3da7b08b1056828838 c5f61e6393ba7a0abcc9f662898015ad
      b094dac5d93471bdec1a502270e3cc6c`,
  },
  {
    from: 'The Galois/Counter Mode of Operation, test case 16',
    key: 'feffe9928665731c6d6a8f9467308308 feffe9928665731c6d6a8f9467308308',
    nonce: 'cafebabefacedbaddecaf888',
    additional: 'feedfacedeadbeeffeedfacedeadbeef abaddad2',
    plaintext: `d9313225f88406e5a55909c5aff5269a 86a7a9531534f7da2e4c303d8a318a72
      1c3c0c95956809532fcf0e2449a6b525 b16aedf5aa0de657ba637b39`,
    sealed: `522dc1f099567d07f47f37a32a84427d 643a8cdcbfe5c0c97598a2bd2555d1aa
      8cb08e48590dbb3da7b08b1056828838 c5f61e6393ba7a0abcc9f662
      76fc6ece0f4e1768cddf8853bb2d551b`,
  },
] as const;

describe.each(VECTORS)('$from', (vector) => {
  const parameters = {
    key: hex(vector.key),
    nonce: hex(vector.nonce),
    additional: hex(vector.additional),
  };

  it('is what comes out', () => {
    const sealed = encryptAesGcm(parameters, hex(vector.plaintext));
    expect(sealed.toString('hex')).toBe(hex(vector.sealed).toString('hex'));
    expect(decryptAesGcm(parameters, sealed)?.toString('hex')).toBe(
      hex(vector.plaintext).toString('hex'),
    );
  });

  it('is not opened when a bit of anything is another', () => {
    const sealed = hex(vector.sealed);
    const flipped = (bytes: Buffer, bit: number): Buffer => {
      const copy = Buffer.from(bytes);
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return copy;
    };
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      expect(decryptAesGcm(parameters, flipped(sealed, bit))).toBeUndefined();
    }
    for (const name of ['key', 'nonce', 'additional'] as const) {
      const changed = Buffer.from(parameters[name]);
      const other = changed.length === 0 ? Buffer.of(0) : flipped(changed, 5);
      expect(decryptAesGcm({ ...parameters, [name]: other }, sealed)).toBeUndefined();
    }
    expect(decryptAesGcm(parameters, sealed.subarray(0, 15))).toBeUndefined();
  });
});
