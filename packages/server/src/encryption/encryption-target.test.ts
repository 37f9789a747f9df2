import { type EncryptionContext, KmsError } from '@openoss/kms';
import { OssError } from '@openoss/protocol';
import type { BucketRecord, ObjectRecord, SealedRecord, Sealing } from '@openoss/storage';
import { describe, expect, it } from 'vitest';
import { EncryptionTarget, openDataKey, type WrappingKeys } from './encryption-target.js';
import { decodeEnvelope, type Envelope, encodeEnvelope } from './envelope.js';

const bucket = { name: 'examplebucket', owner: '1000' } as BucketRecord;
const permission = { checkIdentity() {}, checkKey() {} };
const object = { 'acs:oss:object': 'examplebucket/k' };

/** A key service whose ciphertexts tell everything, to whoever may look into them. */
class OpenKeys implements WrappingKeys {
  version = '1';
  /** Whether a ciphertext tells its key and version without being opened. */
  readonly #tells: boolean;

  constructor(tells: boolean) {
    this.#tells = tells;
  }

  async keyIdOf(name: string) {
    return name.replace('alias/', 'id-of-');
  }

  async encrypt({ keyId, plaintext, context = {} }: Parameters<WrappingKeys['encrypt']>[0]) {
    const { version } = this;
    const key = Buffer.from(plaintext).toString('hex');
    const ciphertextBlob = JSON.stringify({ keyId, version, key, context });
    return { keyId, keyVersionId: version, ciphertextBlob };
  }

  async generateDataKey({ keyId = 'default', bytes = 0, context = {} }) {
    const plaintext = Buffer.alloc(bytes, 7);
    return { ...(await this.encrypt({ keyId, plaintext, context })), plaintext };
  }

  async decrypt({ ciphertextBlob = '', context = {} }) {
    const { keyId, version, key, ...made } = JSON.parse(ciphertextBlob);
    if (JSON.stringify(made.context) !== JSON.stringify(context)) {
      throw KmsError.invalid('CiphertextBlob');
    }
    return { keyId, keyVersionId: version, plaintext: Buffer.from(key, 'hex') };
  }

  usedKeyIn(ciphertextBlob: string) {
    if (!this.#tells) return undefined;
    const { keyId, version } = JSON.parse(ciphertextBlob);
    return { keyId, keyVersionId: version };
  }
}

function world(tells = true) {
  const keys = new OpenKeys(tells);
  const all = { keysOf: () => keys, ofService: keys, areElsewhere: false };
  const to = (chosen: Parameters<typeof EncryptionTarget.find>[1]) =>
    EncryptionTarget.find(all, chosen, bucket, permission);
  const open = (record: SealedRecord) => openDataKey(all, record, bucket, permission);
  return { keys, all, to, open };
}

const record = ({ cipher, envelope }: Pick<Sealing, 'cipher' | 'envelope'>): SealedRecord =>
  ({
    key: 'k',
    sealing: { cipher, envelope: Buffer.from(envelope) },
  }) as ObjectRecord as SealedRecord;

const contextOf = (envelope: Uint8Array): EncryptionContext =>
  JSON.parse(decodeEnvelope(Buffer.from(envelope)).encryptedKey).context;

describe('what objects are to be encrypted with', () => {
  it('is met by what is encrypted so, with the newest version of its key, and by nothing else', async () => {
    const { keys, to } = world();
    const target = await to({ method: 'KMS', keyId: 'alias/own' });
    const { cipher, envelope } = await target.seal('k', undefined);
    const other = (change: Partial<Envelope>) =>
      record({
        cipher,
        envelope: encodeEnvelope({ ...decodeEnvelope(Buffer.from(envelope)), ...change }),
      });
    expect(target.keyId).toBe('id-of-own');
    expect(target.isMetBy(record({ cipher, envelope }))).toBe(true);
    expect(target.isMetBy(record({ cipher: 'SM4', envelope }))).toBe(false);
    expect(target.isMetBy(other({ method: 'AES256' }))).toBe(false);
    expect(target.isMetBy(other({ keyId: 'another' }))).toBe(false);
    keys.version = '2';
    expect((await to({ method: 'KMS', keyId: 'own' })).isMetBy(record({ cipher, envelope }))).toBe(
      false,
    );
    expect((await to({ method: 'AES256' })).keyId).toBe('default');
  });

  it('is not known to be met where a ciphertext does not tell its version, before it is opened', async () => {
    const { keys, to, open } = world(false);
    const target = await to({ method: 'SM4' });
    const sealed = record(await target.seal('k', undefined));
    expect(target.isMetBy(sealed)).toBeUndefined();
    expect(target.isNewest(await open(sealed))).toBe(true);
    keys.version = '2';
    expect((await to({ method: 'SM4' })).isNewest(await open(sealed))).toBe(false);
  });

  it('binds data keys to their objects, and with KMS to what whoever put them said', async () => {
    const { to, open } = world();
    const [kms, aes] = [await to({ method: 'KMS', keyId: 'a' }), await to({ method: 'AES256' })];
    const purpose = { purpose: 'test' };
    const first = await kms.seal('k', undefined);
    expect(contextOf(first.envelope)).toEqual(object);
    // As a put with a context leaves it.
    const context = { ...purpose, ...object };
    const encryptedKey = JSON.stringify({
      keyId: 'a',
      version: '1',
      key: '07'.repeat(32),
      context,
    });
    const envelope = { method: 'KMS', keyId: 'a', encryptedKey, context: purpose } as const;
    const put = record({ cipher: 'AES256', envelope: encodeEnvelope(envelope) });
    const { plaintext } = await open(put);
    for (const [target, kept] of [
      [kms, purpose],
      [aes, undefined],
    ] as const) {
      const wrapped = await target.wrap(put, plaintext);
      expect(decodeEnvelope(wrapped).context).toEqual(kept);
      expect(contextOf(wrapped)).toEqual({ ...kept, ...object });
      const opened = await open(record({ cipher: 'AES256', envelope: wrapped }));
      expect(opened.plaintext).toEqual(plaintext);
      const sealed = await target.seal('k', put);
      expect(decodeEnvelope(Buffer.from(sealed.envelope)).context).toEqual(kept);
    }
  });

  it('is refused to whoever may not use the key, known or made just now', async () => {
    const { all } = world();
    const denied = {
      ...permission,
      checkKey() {
        throw new OssError('DeniedByKms');
      },
    };
    for (const keyId of ['own', undefined]) {
      const finding = EncryptionTarget.find(all, { method: 'KMS', keyId }, bucket, denied);
      await expect(finding).rejects.toMatchObject({ kind: 'DeniedByKms' });
    }
    await EncryptionTarget.find(all, { method: 'AES256' }, bucket, denied);
  });
});
