import { KmsError } from '@openoss/kms';
import { OssError } from '@openoss/protocol';
import type { BucketRecord, ObjectRecord, SealedRecord, Sealing } from '@openoss/storage';
import { describe, expect, it, vi } from 'vitest';
import { decodeEnvelope } from './envelope.js';
import { type MasterKeys, ObjectEncryption } from './object-encryption.js';

type DataKeys = MasterKeys['ofService'];

const bucket: BucketRecord = {
  name: 'examplebucket',
  incarnation: '01hc9vq3ab00000000000000',
  epoch: 1,
  owner: '1000',
  createdAt: 0,
  storageClass: 'Standard',
  redundancy: 'LRS',
  acl: 'private',
};

/** A key service that seals by writing down: its ciphertext names everything it takes to open it. */
class NotebookKeys implements DataKeys {
  readonly account: string;
  /** What was asked for, in order. */
  readonly asked: string[];

  constructor(account: string, asked: string[]) {
    this.account = account;
    this.asked = asked;
  }

  async keyIdOf(name: string): Promise<string | undefined> {
    this.asked.push(`keyIdOf ${name}`);
    return name === 'missing' ? undefined : name.replace('alias/', 'id-of-');
  }

  async generateDataKey({ keyId = 'default', bytes = 0, context = {} }) {
    this.asked.push(`generate ${keyId}`);
    if (keyId === 'missing') throw KmsError.of('KeyNotFound');
    const plaintext = Buffer.alloc(bytes, 7);
    const written = { account: this.account, keyId, context, key: plaintext.toString('hex') };
    return { keyId, keyVersionId: 'v', plaintext, ciphertextBlob: JSON.stringify(written) };
  }

  async decrypt({ ciphertextBlob = '', context = {} }) {
    const { account, keyId, key, ...written } = JSON.parse(ciphertextBlob);
    this.asked.push(`decrypt ${keyId}`);
    expect(account).toBe(this.account);
    expect(context).toEqual(written.context);
    return { keyId, keyVersionId: 'v', plaintext: Buffer.from(key, 'hex') };
  }
}

function world(mostWaiting = 10) {
  const asked: string[] = [];
  const encryption = new ObjectEncryption(
    {
      keysOf: (account) => new NotebookKeys(account, asked),
      ofService: new NotebookKeys('the service', asked),
      areElsewhere: false,
    },
    mostWaiting,
  );
  const permission = {
    checkIdentity: () => void asked.push('identity?'),
    checkKey: (id: string, actions: readonly string[]) =>
      void asked.push(`${actions.join(' ')} on ${id}?`),
  };
  return { asked, encryption, permission };
}

const all = (keys: DataKeys): MasterKeys => ({
  keysOf: () => keys,
  ofService: keys,
  areElsewhere: true,
});

const put = 'kms:GenerateDataKey kms:Decrypt';

const sealedRecord = (sealing: Sealing, key = 'k'): SealedRecord =>
  ({
    key,
    sealing: { cipher: sealing.cipher, envelope: Buffer.from(sealing.envelope) },
  }) as ObjectRecord as SealedRecord;

describe('a data key', () => {
  it.each([
    ['AES256', 32],
    ['SM4', 16],
  ] as const)(
    'of the service encrypts what asks for %s, and nobody has to be allowed it',
    async (method, bytes) => {
      const { asked, encryption, permission } = world();
      const sealing = await encryption.seal({ method }, bucket, 'k', permission);
      expect(sealing).toMatchObject({ cipher: method, dataKey: Buffer.alloc(bytes, 7) });
      expect(decodeEnvelope(Buffer.from(sealing.envelope))).toMatchObject({ method });
      expect(await encryption.open(sealedRecord(sealing), bucket, permission)).toEqual(
        sealing.dataKey,
      );
      expect(asked).toEqual(['generate default', 'decrypt default']);
    },
  );

  it('of KMS needs permission for the key: before it is used where it is known, else as soon as it is', async () => {
    const { asked, encryption, permission } = world();
    const named = { method: 'KMS', keyId: 'alias/own', dataEncryption: 'SM4' } as const;
    const sealing = await encryption.seal(named, bucket, 'k', permission);
    expect(sealing.cipher).toBe('SM4');
    expect(decodeEnvelope(Buffer.from(sealing.envelope))).toMatchObject({
      method: 'KMS',
      keyId: 'id-of-own',
    });
    await encryption.open(sealedRecord(sealing), bucket, permission);
    expect(asked).toEqual([
      ...['identity?', 'keyIdOf alias/own', `${put} on id-of-own?`, 'generate id-of-own'],
      ...['kms:Decrypt on id-of-own?', 'decrypt id-of-own'],
    ]);
    asked.length = 0;
    await encryption.seal({ method: 'KMS' }, bucket, 'k', permission);
    expect(asked).toEqual(['identity?', 'generate default', `${put} on default?`]);
  });

  it('that somebody may not use after all is wiped', async () => {
    const { asked, permission } = world();
    const keys = new NotebookKeys('1000', asked);
    const made = vi.spyOn(keys, 'generateDataKey');
    const checkKey = () => {
      throw new OssError('DeniedByKms');
    };
    const refused = new ObjectEncryption(all(keys), 1).seal({ method: 'KMS' }, bucket, 'k', {
      ...permission,
      checkKey,
    });
    await expect(refused).rejects.toMatchObject({ kind: 'DeniedByKms' });
    expect(await made.mock.results[0]?.value).toMatchObject({ plaintext: Buffer.alloc(32) });
  });

  it('is bound to its object, and to what whoever put it said', async () => {
    const { encryption, permission } = world();
    const chosen = { method: 'KMS', keyId: 'own', context: { purpose: 'test' } } as const;
    const sealing = await encryption.seal(chosen, bucket, 'k', permission);
    const { encryptedKey } = decodeEnvelope(Buffer.from(sealing.envelope));
    expect(JSON.parse(encryptedKey)).toMatchObject({
      account: '1000',
      context: { purpose: 'test', 'acs:oss:object': 'examplebucket/k' },
    });
    await encryption.open(sealedRecord(sealing), bucket, permission);
    const elsewhere = encryption.open(sealedRecord(sealing, 'another'), bucket, permission);
    await expect(elsewhere).rejects.toThrow();
  });

  it('is nobody’s who is denied it, and the key service is not even asked to open it', async () => {
    const { asked, encryption, permission } = world();
    const sealing = await encryption.seal({ method: 'KMS', keyId: 'own' }, bucket, 'k', permission);
    const denied = {
      ...permission,
      checkKey: () => {
        throw new OssError('DeniedByKms');
      },
    };
    asked.length = 0;
    const chosen = { method: 'KMS', keyId: 'own' } as const;
    const refusal = expect.objectContaining({ kind: 'DeniedByKms' });
    await expect(encryption.seal(chosen, bucket, 'k', denied)).rejects.toThrow(refusal);
    await expect(encryption.open(sealedRecord(sealing), bucket, denied)).rejects.toThrow(refusal);
    expect(asked).toEqual(['identity?', 'keyIdOf own']);
  });
});

describe('a key service that refuses', () => {
  const refusing = (reason: Parameters<typeof KmsError.of>[0]): DataKeys => {
    const refuse = () => Promise.reject(KmsError.of(reason));
    return { keyIdOf: async (name) => name, generateDataKey: refuse, decrypt: refuse };
  };

  it.each([
    ['KeyNotFound', 404, 'KeyNotFound', '0005-00000208'],
    ['KeyVersionNotFound', 404, 'KeyVersionNotFound', '0005-00000224'],
    ['AliasNotFound', 404, 'AliasNotFound', undefined],
    ['NoPermission', 403, 'AccessDenied', undefined],
    ['NotEnabled', 403, 'KmsServiceNotEnabled', '0005-00000218'],
    ['Disabled', 409, 'KeyDisabled', '0005-00000214'],
    ['PendingDeletion', 409, 'KeyPendingDeletion', '0005-00000215'],
    ['PendingImport', 409, 'KeyPendingImport', undefined],
    ['Throttled', 503, 'ServiceUnavailable', undefined],
    ['Unavailable', 503, 'ServiceUnavailable', undefined],
    ['Internal', 503, 'ServiceUnavailable', undefined],
    ['CredentialsRefused', 503, 'ServiceUnavailable', undefined],
    ['Locked', 503, 'ServiceUnavailable', undefined],
    ['StorageFull', 503, 'ServiceUnavailable', undefined],
    ['OperationUnsupported', 500, 'InternalError', undefined],
  ] as const)('for %s is answered with %d %s', async (reason, status, code, ec) => {
    const keys = refusing(reason);
    const encryption = new ObjectEncryption(all(keys), 1);
    const { permission } = world();
    for (const chosen of [{ method: 'KMS', keyId: 'own' }, { method: 'SM4' }] as const) {
      const refused = encryption.seal(chosen, bucket, 'k', permission);
      await expect(refused).rejects.toMatchObject({ status, code, ec });
      await expect(refused).rejects.toBeInstanceOf(OssError);
    }
  });

  it('for what a client chose is the client’s fault, for all else this server’s', async () => {
    const invalid = (parameter: string) => () => Promise.reject(KmsError.invalid(parameter));
    const keys: DataKeys = {
      keyIdOf: async () => undefined,
      generateDataKey: invalid('KeyId'),
      decrypt: invalid('CiphertextBlob'),
    };
    const encryption = new ObjectEncryption(all(keys), 1);
    const { encryption: sealer, permission } = world();
    const sealing = await sealer.seal({ method: 'AES256' }, bucket, 'k', permission);
    const internal = { status: 500, code: 'InternalError' };
    const opened = encryption.open(sealedRecord(sealing), bucket, permission);
    await expect(opened).rejects.toMatchObject(internal);
    const seal = (of: ObjectEncryption, keyId?: string) =>
      of.seal({ method: 'KMS', keyId, context: { a: 'b' } }, bucket, 'k', permission);
    await expect(seal(encryption)).rejects.toMatchObject(internal);
    await expect(seal(encryption, 'no key')).rejects.toMatchObject({ kind: 'KmsKeyIdInvalid' });
    const particular = { ...keys, generateDataKey: invalid('EncryptionContext') };
    const other = new ObjectEncryption(all(particular), 1);
    await expect(seal(other, 'own')).rejects.toMatchObject({ kind: 'EncryptionContextInvalid' });
  });
});

describe('a key service that hangs', () => {
  it('has only so many wait for it; the others are refused at once', async () => {
    let answer = () => {};
    const hanging = new Promise<never>((_resolve, reject) => {
      answer = () => reject(KmsError.of('Unavailable'));
    });
    const keys: DataKeys = {
      keyIdOf: () => hanging,
      generateDataKey: () => hanging,
      decrypt: () => hanging,
    };
    const encryption = new ObjectEncryption(all(keys), 2);
    const { permission } = world();
    const unavailable = expect.objectContaining({ kind: 'KmsUnavailable', status: 503 });
    const seal = () => encryption.seal({ method: 'AES256' }, bucket, 'k', permission);
    const waiting = [seal(), seal()];
    await expect(seal()).rejects.toEqual(unavailable);
    answer();
    for (const each of waiting) await expect(each).rejects.toEqual(unavailable);
    // Their places are free again: the next waits too, here for what has been refused already.
    await expect(seal()).rejects.toMatchObject({ cause: { reason: 'Unavailable' } });
  });
});
