/** KMS as Alibaba Cloud's own package calls it, told nothing but where the service is. */
import { randomUUID } from 'node:crypto';
import {
  acs3CanonicalRequest,
  acs3Signature,
  acs3StringToSign,
  rpcSignature,
  rpcStringToSign,
} from '@openoss/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  callKms,
  type KmsClient,
  kms,
  kmsRefusalOf,
  officialKms,
} from '../support/official-kms.js';
import { officialClients, ram } from '../support/official-packages.js';
import { startRpc } from '../support/start-rpc.js';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const REQUEST_ID = /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let service: Awaited<ReturnType<typeof startRpc>>;
let client: KmsClient;
beforeEach(async () => {
  service = await startRpc();
  client = officialKms(service.endpoint, service.root);
});

const newKey = async (): Promise<string> =>
  (await client.createKey(new kms.CreateKeyRequest({}))).keyMetadata.keyId;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('the official package', () => {
  it('makes, shows, lists, disables, enables and deletes keys', async () => {
    const made = await client.createKey(
      new kms.CreateKeyRequest({
        description: 'a key of ours',
        keySpec: 'Aliyun_AES_256',
        keyUsage: 'ENCRYPT/DECRYPT',
        origin: 'Aliyun_KMS',
        protectionLevel: 'SOFTWARE',
        enableAutomaticRotation: true,
        rotationInterval: '30d',
      }),
    );
    expect(made.requestId).toMatch(REQUEST_ID);
    const { keyId } = made.keyMetadata;
    expect(keyId).toMatch(UUID);
    expect(made.keyMetadata).toMatchObject({
      arn: `acs:kms:cn-hangzhou:${service.account}:key/${keyId}`,
      keyState: 'Enabled',
      keySpec: 'Aliyun_AES_256',
      keyUsage: 'ENCRYPT/DECRYPT',
      origin: 'Aliyun_KMS',
      protectionLevel: 'SOFTWARE',
      description: 'a key of ours',
      creator: service.account,
      deleteDate: '',
      materialExpireTime: '',
      automaticRotation: 'Enabled',
      rotationInterval: '2592000s',
    });
    for (const date of ['creationDate', 'lastRotationDate', 'nextRotationDate'] as const) {
      expect(made.keyMetadata[date]).toMatch(INSTANT);
    }
    const described = await client.describeKey(new kms.DescribeKeyRequest({ keyId }));
    expect(described.keyMetadata).toEqual(made.keyMetadata);

    const other = await newKey();
    const listed = await client.listKeys(new kms.ListKeysRequest({ pageNumber: 1, pageSize: 1 }));
    expect(listed).toMatchObject({ totalCount: 2, pageNumber: 1, pageSize: 1 });
    expect(listed.keys.key).toHaveLength(1);
    expect((await client.listKeys(new kms.ListKeysRequest({}))).keys.key).toHaveLength(2);

    await client.disableKey(new kms.DisableKeyRequest({ keyId }));
    const request = new kms.GenerateDataKeyRequest({ keyId });
    expect(await kmsRefusalOf(client.generateDataKey(request))).toBe('409 Rejected.Disabled');
    await client.enableKey(new kms.EnableKeyRequest({ keyId }));
    await client.generateDataKey(request);

    await client.scheduleKeyDeletion(
      new kms.ScheduleKeyDeletionRequest({ keyId: other, pendingWindowInDays: 7 }),
    );
    const pending = await client.describeKey(new kms.DescribeKeyRequest({ keyId: other }));
    expect(pending.keyMetadata.keyState).toBe('PendingDeletion');
    expect(pending.keyMetadata.deleteDate).toMatch(INSTANT);
    await client.cancelKeyDeletion(new kms.CancelKeyDeletionRequest({ keyId: other }));
    const kept = await client.describeKey(new kms.DescribeKeyRequest({ keyId: other }));
    expect(kept.keyMetadata).toMatchObject({ keyState: 'Enabled', deleteDate: '' });
  });

  it('makes data keys, encrypts, decrypts and encrypts anew', async () => {
    const keyId = await newKey();
    const made = await client.generateDataKey(new kms.GenerateDataKeyRequest({ keyId }));
    expect(Buffer.from(made.plaintext, 'base64')).toHaveLength(32);
    expect(made).toMatchObject({ keyId, keyVersionId: expect.stringMatching(UUID) });
    const { ciphertextBlob } = made;
    const opened = await client.decrypt(new kms.DecryptRequest({ ciphertextBlob }));
    expect(opened).toMatchObject({
      plaintext: made.plaintext,
      keyId,
      keyVersionId: made.keyVersionId,
    });
    const lengthOf = async (request: object): Promise<number> => {
      const sealed = await client.generateDataKeyWithoutPlaintext(
        new kms.GenerateDataKeyWithoutPlaintextRequest({ keyId, ...request }),
      );
      expect(sealed).not.toHaveProperty('plaintext');
      const blob = new kms.DecryptRequest({ ciphertextBlob: sealed.ciphertextBlob });
      return Buffer.from((await client.decrypt(blob)).plaintext, 'base64').length;
    };
    expect(await lengthOf({ keySpec: 'AES_128' })).toBe(16);
    expect(await lengthOf({ keySpec: 'AES_128', numberOfBytes: 1024 })).toBe(1024);

    const sealed = await client.encrypt(
      new kms.EncryptRequest({ keyId, plaintext: base64('hello'), encryptionContext: { a: 'b' } }),
    );
    const decrypt = (encryptionContext: object) =>
      client.decrypt(
        new kms.DecryptRequest({ ciphertextBlob: sealed.ciphertextBlob, encryptionContext }),
      );
    expect((await decrypt({ a: 'b' })).plaintext).toBe(base64('hello'));
    expect(await kmsRefusalOf(decrypt({}))).toBe('400 InvalidParameter');
    // The package sends an object's members one by one; as text, it is the same context.
    const asText = { CiphertextBlob: sealed.ciphertextBlob, EncryptionContext: '{"a":"b"}' };
    expect((await callKms(client, 'Decrypt', asText)).Plaintext).toBe(base64('hello'));

    const destination = await newKey();
    const anew = await callKms(client, 'ReEncrypt', {
      CiphertextBlob: sealed.ciphertextBlob,
      SourceEncryptionContext: '{"a":"b"}',
      SourceKeyId: keyId,
      DestinationKeyId: destination,
    });
    expect(anew).toMatchObject({ KeyId: destination, KeyVersionId: expect.stringMatching(UUID) });
    const last = await client.decrypt(
      new kms.DecryptRequest({ ciphertextBlob: String(anew.CiphertextBlob) }),
    );
    expect(last.plaintext).toBe(base64('hello'));
  });

  it('has versions of keys', async () => {
    const keyId = await newKey();
    const { keyVersion } = await client.createKeyVersion(
      new kms.CreateKeyVersionRequest({ keyId }),
    );
    expect(keyVersion).toMatchObject({ keyId, creationDate: expect.stringMatching(INSTANT) });
    const { keyVersionId } = keyVersion;
    const described = await client.describeKeyVersion(
      new kms.DescribeKeyVersionRequest({ keyId, keyVersionId }),
    );
    expect(described.keyVersion).toEqual(expect.objectContaining({ keyId, keyVersionId }));
    const listed = await client.listKeyVersions(
      new kms.ListKeyVersionsRequest({ keyId, pageNumber: 1, pageSize: 101 }),
    );
    expect(listed).toMatchObject({ totalCount: 2, pageNumber: 1, pageSize: 101 });
    expect(listed.keyVersions.keyVersion.map((one) => one.keyVersionId)).toContain(keyVersionId);
    const policy = { keyId, enableAutomaticRotation: true, rotationInterval: '604800s' };
    await client.updateRotationPolicy(new kms.UpdateRotationPolicyRequest(policy));
    const rotated = await client.describeKey(new kms.DescribeKeyRequest({ keyId }));
    expect(rotated.keyMetadata).toMatchObject({
      automaticRotation: 'Enabled',
      rotationInterval: '604800s',
    });
    const ended = { keyId, enableAutomaticRotation: false };
    await client.updateRotationPolicy(new kms.UpdateRotationPolicyRequest(ended));
    const { keyMetadata } = await client.describeKey(new kms.DescribeKeyRequest({ keyId }));
    expect(keyMetadata.automaticRotation).toBe('Disabled');
    expect(keyMetadata.rotationInterval).toBeUndefined();
  });

  it('has aliases of keys', async () => {
    const [keyId, other] = [await newKey(), await newKey()];
    const aliasName = 'alias/a/b_c-1';
    await client.createAlias(new kms.CreateAliasRequest({ aliasName, keyId }));
    expect(
      await kmsRefusalOf(client.createAlias(new kms.CreateAliasRequest({ aliasName, keyId }))),
    ).toBe('400 AliasAlreadyExists');
    const listed = await client.listAliases(new kms.ListAliasesRequest({}));
    expect(listed).toMatchObject({ totalCount: 1, pageNumber: 1, pageSize: 10 });
    expect(listed.aliases.alias[0]).toMatchObject({
      aliasName,
      keyId,
      aliasArn: `acs:kms:cn-hangzhou:${service.account}:${aliasName}`,
    });
    const byAlias = await client.describeKey(new kms.DescribeKeyRequest({ keyId: aliasName }));
    expect(byAlias.keyMetadata.keyId).toBe(keyId);
    await client.updateAlias(new kms.UpdateAliasRequest({ aliasName, keyId: other }));
    const of = (key: string) =>
      client.listAliasesByKeyId(new kms.ListAliasesByKeyIdRequest({ keyId: key }));
    expect((await of(keyId)).totalCount).toBe(0);
    expect((await of(other)).aliases.alias.map((alias) => alias.aliasName)).toEqual([aliasName]);
    await client.deleteAlias(new kms.DeleteAliasRequest({ aliasName }));
    expect(
      await kmsRefusalOf(client.describeKey(new kms.DescribeKeyRequest({ keyId: aliasName }))),
    ).toBe('404 Forbidden.AliasNotFound');
  });

  it.each<[string, string, Record<string, string | number>]>([
    ['400 MissingParameter', 'DescribeKey', {}],
    ['404 Forbidden.KeyNotFound', 'DescribeKey', { KeyId: randomUUID() }],
    ['400 Unsupported.Alias', 'DisableKey', { KeyId: 'alias/acs/oss' }],
    ['400 Rejected.UnsupportedOperation', 'CreateKey', { KeySpec: 'RSA_2048' }],
    ['400 Rejected.UnsupportedOperation', 'CreateKey', { KeyUsage: 'SIGN/VERIFY' }],
    ['400 Unsupported.Origin', 'CreateKey', { Origin: 'EXTERNAL' }],
    ['400 Unsupported.ProtectionLevel', 'CreateKey', { ProtectionLevel: 'HSM' }],
    ['400 MissingParameter', 'CreateKey', { EnableAutomaticRotation: 'true' }],
    ['400 InvalidParameter', 'CreateKey', { EnableAutomaticRotation: 'maybe' }],
    [
      '400 InvalidParameter',
      'CreateKey',
      { EnableAutomaticRotation: 'true', RotationInterval: '6d' },
    ],
    ['400 UnsupportedParameter', 'CreateKey', { Tags: '[]' }],
    ['400 InvalidParameter', 'ListKeys', { PageSize: 101 }],
    ['400 InvalidParameter', 'ListKeys', { PageSize: 0 }],
    ['400 InvalidParameter', 'ListKeys', { PageNumber: 0 }],
    ['400 InvalidParameter', 'ListKeys', { PageNumber: 'one' }],
    ['400 InvalidParameter', 'ListKeys', { Filters: '{}' }],
    ['400 UnsupportedParameter', 'ListKeys', { Filters: '[{"Key":"TagKey","Values":["a"]}]' }],
    ['400 InvalidParameter', 'ListAliases', { PageSize: 101 }],
    ['400 InvalidParameter', 'GenerateDataKey', { KeyId: 'alias/acs/oss', NumberOfBytes: 1025 }],
    ['400 InvalidParameter', 'GenerateDataKey', { KeyId: 'alias/acs/oss', KeySpec: 'AES_512' }],
    ['400 UnsupportedParameter', 'GenerateDataKey', { KeyId: 'alias/acs/oss', DryRun: 'true' }],
    [
      '400 InvalidParameter',
      'GenerateDataKey',
      { KeyId: 'alias/acs/oss', EncryptionContext: '{"a":1}' },
    ],
    [
      '400 InvalidParameter',
      'GenerateDataKey',
      { KeyId: 'alias/acs/oss', EncryptionContext: '[]' },
    ],
    ['400 InvalidParameter', 'Decrypt', { CiphertextBlob: 'bm9uZQ==' }],
    ['400 MissingParameter', 'ScheduleKeyDeletion', { KeyId: randomUUID() }],
    ['404 InvalidAction.NotFound', 'AsymmetricSign', { KeyId: randomUUID() }],
  ])('is refused with %s: %s %j', async (refusal, action, parameters) => {
    expect(await kmsRefusalOf(callKms(client, action, parameters))).toBe(refusal);
  });

  it('is told of plaintext that is none, or too much', async () => {
    const keyId = await newKey();
    for (const plaintext of ['*', base64('x'.repeat(6145))]) {
      const request = new kms.EncryptRequest({ keyId, plaintext });
      expect(await kmsRefusalOf(client.encrypt(request))).toBe('400 InvalidParameter');
    }
  });
});

describe('a RAM user', () => {
  /** The client of a user who is allowed this. */
  async function allowed(actions: readonly string[], resources: readonly string[]) {
    const { ram: root } = officialClients(service.endpoint, service.root);
    const name = `user${randomUUID().slice(0, 8)}`;
    await root.createUser(new ram.CreateUserRequest({ userName: name }));
    const { body } = await root.createAccessKey(new ram.CreateAccessKeyRequest({ userName: name }));
    const { accessKeyId = '', accessKeySecret = '' } = body?.accessKey ?? {};
    if (actions.length > 0) {
      const document = {
        Version: '1',
        Statement: [{ Effect: 'Allow', Action: actions, Resource: resources }],
      };
      await root.createPolicy(
        new ram.CreatePolicyRequest({ policyName: name, policyDocument: JSON.stringify(document) }),
      );
      await root.attachPolicyToUser(
        new ram.AttachPolicyToUserRequest({
          policyName: name,
          policyType: 'Custom',
          userName: name,
        }),
      );
    }
    return officialKms(service.endpoint, { accessKeyId, accessKeySecret });
  }
  const arn = (relative: string) => `acs:kms:cn-hangzhou:${service.account}:${relative}`;
  const NO = '403 Forbidden.NoPermission';

  it('does what its policies allow to the keys that they name, and learns of no others', async () => {
    const [mine, others] = [await newKey(), await newKey()];
    await client.createAlias(new kms.CreateAliasRequest({ aliasName: 'alias/mine', keyId: mine }));
    await client.createAlias(
      new kms.CreateAliasRequest({ aliasName: 'alias/others', keyId: others }),
    );
    const user = await allowed(['kms:GenerateDataKey', 'kms:Decrypt'], [arn(`key/${mine}`)]);
    const generate = (keyId: string) =>
      user.generateDataKey(new kms.GenerateDataKeyRequest({ keyId }));
    const made = await generate(mine);
    expect((await generate('alias/mine')).keyId).toBe(mine);
    expect((await generate(arn(`key/${mine}`))).keyId).toBe(mine);
    for (const name of [others, 'alias/others', randomUUID(), 'alias/none', 'alias/acs/oss']) {
      expect(await kmsRefusalOf(generate(name))).toBe(NO);
    }
    const { ciphertextBlob } = await client.generateDataKey(
      new kms.GenerateDataKeyRequest({ keyId: others }),
    );
    const decrypt = (blob: string) =>
      user.decrypt(new kms.DecryptRequest({ ciphertextBlob: blob }));
    expect((await decrypt(made.ciphertextBlob)).plaintext).toBe(made.plaintext);
    expect(await kmsRefusalOf(decrypt(ciphertextBlob))).toBe(NO);
    for (const call of [
      user.describeKey(new kms.DescribeKeyRequest({ keyId: mine })),
      user.encrypt(new kms.EncryptRequest({ keyId: mine, plaintext: base64('x') })),
      user.disableKey(new kms.DisableKeyRequest({ keyId: mine })),
      user.createKey(new kms.CreateKeyRequest({})),
      user.listKeys(new kms.ListKeysRequest({})),
      user.listAliases(new kms.ListAliasesRequest({})),
    ]) {
      expect(await kmsRefusalOf(call)).toBe(NO);
    }
  });

  it('needs both permissions to encrypt anew, and both resources for an alias', async () => {
    const [from, to] = [await newKey(), await newKey()];
    const request = new kms.GenerateDataKeyRequest({ keyId: from });
    const { ciphertextBlob } = await client.generateDataKey(request);
    const parameters = { CiphertextBlob: ciphertextBlob, DestinationKeyId: to };
    const reencrypt = async (...grants: Parameters<typeof allowed>) =>
      kmsRefusalOf(callKms(await allowed(...grants), 'ReEncrypt', parameters));
    const both = [arn(`key/${from}`), arn(`key/${to}`)];
    expect(await reencrypt(['kms:ReEncrypt*'], both)).toBe('none');
    expect(await reencrypt(['kms:ReEncryptTo'], both)).toBe(NO);
    expect(await reencrypt(['kms:ReEncryptFrom'], both)).toBe(NO);
    expect(await reencrypt(['kms:ReEncrypt*'], [arn(`key/${from}`)])).toBe(NO);
    expect(await reencrypt(['kms:ReEncrypt*'], [arn(`key/${to}`)])).toBe(NO);

    const name = async (...grants: Parameters<typeof allowed>) => {
      const aliasName = 'alias/example';
      const user = await allowed(...grants);
      return kmsRefusalOf(user.createAlias(new kms.CreateAliasRequest({ aliasName, keyId: to })));
    };
    expect(await name(['kms:CreateAlias'], [arn(`key/${to}`)])).toBe(NO);
    expect(await name(['kms:CreateAlias'], [arn('alias/example')])).toBe(NO);
    expect(await name(['kms:CreateAlias'], [arn(`key/${to}`), arn('alias/example')])).toBe('none');
  });

  it('makes and lists where the containers are allowed, in this region only', async () => {
    const user = await allowed(['kms:CreateKey', 'kms:ListKeys'], [arn('key')]);
    await user.createKey(new kms.CreateKeyRequest({}));
    expect((await user.listKeys(new kms.ListKeysRequest({}))).totalCount).toBe(1);
    const elsewhere = await allowed(['kms:*'], [`acs:kms:cn-beijing:${service.account}:*`]);
    expect(await kmsRefusalOf(elsewhere.listKeys(new kms.ListKeysRequest({})))).toBe(NO);
    const everywhere = await allowed(['kms:*'], ['acs:kms:*:*:*']);
    await everywhere.listKeys(new kms.ListKeysRequest({}));
    const nothing = await allowed([], []);
    expect(await kmsRefusalOf(nothing.listKeys(new kms.ListKeysRequest({})))).toBe(NO);
  });
});

describe('a call by hand', () => {
  const instant = (ahead = 0) =>
    `${new Date(Date.now() + service.clock.ahead + ahead).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;

  /** A call that is signed in its parameters. */
  async function rpc(changes: Record<string, string>, secret = service.root.accessKeySecret) {
    const parameters = {
      Action: 'ListKeys',
      Version: '2016-01-20',
      Format: 'JSON',
      AccessKeyId: service.root.accessKeyId,
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      SignatureNonce: randomUUID(),
      Timestamp: instant(),
      ...changes,
    };
    const pairs = Object.entries(parameters);
    const signature = rpcSignature(secret, rpcStringToSign('GET', pairs));
    const query = new URLSearchParams({ ...parameters, Signature: signature });
    const response = await fetch(`${service.endpoint}/?${query}`);
    return { status: response.status, text: await response.text() };
  }

  /** One that is signed in a header. */
  async function acs3(action: string, body: string, secret = service.root.accessKeySecret) {
    const { host } = new URL(service.endpoint);
    const { createHash } = await import('node:crypto');
    const payloadHash = createHash('sha256').update(body).digest('hex');
    const headers = new Map([
      ['host', host],
      ['content-type', 'application/x-www-form-urlencoded'],
      ['x-acs-action', action],
      ['x-acs-version', '2016-01-20'],
      ['x-acs-date', instant()],
      ['x-acs-signature-nonce', randomUUID()],
      ['x-acs-content-sha256', payloadHash],
    ]);
    const signedHeaders = [...headers.keys()].sort();
    const canonical = acs3CanonicalRequest({
      method: 'POST',
      path: '/',
      query: new Map(),
      headers,
      signedHeaders,
      payloadHash,
    });
    const signature = acs3Signature(secret, acs3StringToSign(canonical));
    const authorization = `ACS3-HMAC-SHA256 Credential=${service.root.accessKeyId},SignedHeaders=${signedHeaders.join(';')},Signature=${signature}`;
    headers.delete('host');
    const response = await fetch(service.endpoint, {
      method: 'POST',
      headers: { ...Object.fromEntries(headers), authorization },
      body,
    });
    const answer = (await response.json()) as Record<string, unknown>;
    return { status: response.status, answer };
  }

  it('may be signed in either style', async () => {
    const made = await acs3('CreateKey', 'Description=by%20hand');
    expect(made.status).toBe(200);
    expect(made.answer).toMatchObject({ KeyMetadata: { Description: 'by hand' } });
    const { status, text } = await rpc({});
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ TotalCount: 1 });
    expect(await acs3('ListKeys', '', 'wrong')).toMatchObject({
      status: 400,
      answer: { HttpStatus: 400, Code: 'IncompleteSignature' },
    });
  });

  it('is answered in XML where it asks for that', async () => {
    await newKey();
    const { text } = await rpc({ Format: 'XML' });
    expect(text).toMatch(
      /^<\?xml [^>]*><ListKeysResponse><RequestId>[^<]*<\/RequestId><TotalCount>1<\/TotalCount><PageNumber>1<\/PageNumber><PageSize>10<\/PageSize><Keys><Key><KeyId>[^<]*<\/KeyId><KeyArn>[^<]*<\/KeyArn><\/Key><\/Keys><\/ListKeysResponse>$/,
    );
    const refused = await rpc({ Format: 'XML', Action: 'DescribeKey', KeyId: randomUUID() });
    expect(refused.status).toBe(404);
    expect(refused.text).toMatch(
      /<KMS><HttpStatus>404<\/HttpStatus><RequestId>[^<]*<\/RequestId><HostId>[^<]*<\/HostId><Code>Forbidden.KeyNotFound<\/Code><Message>The specified Key is not found.<\/Message>/,
    );
  });

  it.each<[string, Record<string, string>, string?]>([
    ['404 InvalidAccessKeyId.NotFound', { AccessKeyId: 'nobody' }],
    ['400 IncompleteSignature', {}, 'wrong'],
    ['400 IllegalTimestamp', { Timestamp: '2016-03-28T03:13:08Z' }],
    ['400 IllegalTimestamp', { Timestamp: '' }],
    ['400 MissingParameter', { SignatureNonce: '' }],
  ])('is refused with %s', async (refusal, changes, secret) => {
    const { status, text } = await rpc(changes, secret);
    const answer = JSON.parse(text);
    expect(`${status} ${answer.Code}`).toBe(refusal);
    expect(answer).toMatchObject({ HttpStatus: status, RequestId: expect.any(String) });
    expect(text).not.toContain(service.root.accessKeySecret);
  });

  it('finds a key rotated and a key gone when their time has come', async () => {
    const rotated = await client.createKey(
      new kms.CreateKeyRequest({ enableAutomaticRotation: true, rotationInterval: '7d' }),
    );
    const { keyId, primaryKeyVersion } = rotated.keyMetadata;
    const gone = await newKey();
    await client.scheduleKeyDeletion(
      new kms.ScheduleKeyDeletionRequest({ keyId: gone, pendingWindowInDays: 7 }),
    );
    service.clock.ahead = 7 * 24 * 60 * 60 * 1000;
    const { text } = await rpc({ Action: 'DescribeKey', KeyId: keyId });
    expect(JSON.parse(text).KeyMetadata.PrimaryKeyVersion).not.toBe(primaryKeyVersion);
    expect(await rpc({ Action: 'DescribeKey', KeyId: gone })).toMatchObject({ status: 404 });
  });
});

describe('a service', () => {
  it('without a root key serves what is not of keys, and says of each key that it is locked', async () => {
    const locked = await startRpc({ environment: { OPENOSS_KMS_ROOT_KEY: '' } });
    const keys = officialKms(locked.endpoint, locked.root);
    expect(await kmsRefusalOf(keys.listKeys(new kms.ListKeysRequest({})))).toBe(
      '503 ServiceUnavailableTemporary',
    );
    await expect(keys.createKey(new kms.CreateKeyRequest({}))).rejects.toThrow(
      'OPENOSS_KMS_ROOT_KEY',
    );
    const { sts } = officialClients(locked.endpoint, locked.root);
    expect((await sts.getCallerIdentity()).body?.accountId).toBe(locked.account);
  });

  it('that has its keys with another passes calls on, as whoever may make them', async () => {
    const { endpoint, root } = service;
    const asker = await startRpc({
      environment: {
        OPENOSS_KMS_ROOT_KEY: '',
        OPENOSS_KMS_ENDPOINT: endpoint,
        OPENOSS_KMS_ACCESS_KEY_ID: root.accessKeyId,
        OPENOSS_KMS_ACCESS_KEY_SECRET: root.accessKeySecret,
      },
    });
    const keyId = await newKey();
    const { ram: askersRam } = officialClients(asker.endpoint, asker.root);
    const own = officialKms(asker.endpoint, asker.root);
    const made = await own.generateDataKey(new kms.GenerateDataKeyRequest({ keyId }));
    const blob = new kms.DecryptRequest({ ciphertextBlob: made.ciphertextBlob });
    expect((await own.decrypt(blob)).plaintext).toBe(made.plaintext);
    expect((await client.decrypt(blob)).plaintext).toBe(made.plaintext);
    const destination = await newKey();
    const anew = await callKms(own, 'ReEncrypt', {
      CiphertextBlob: made.ciphertextBlob,
      DestinationKeyId: destination,
    });
    expect(anew.KeyId).toBe(destination);

    await askersRam.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
    const { body } = await askersRam.createAccessKey(
      new ram.CreateAccessKeyRequest({ userName: 'alice' }),
    );
    const { accessKeyId = '', accessKeySecret = '' } = body?.accessKey ?? {};
    const alice = officialKms(asker.endpoint, { accessKeyId, accessKeySecret });
    expect(await kmsRefusalOf(alice.decrypt(blob))).toBe('403 Forbidden.NoPermission');
    const allow = async (name: string, resource: string) => {
      const document = {
        Version: '1',
        Statement: [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: resource }],
      };
      await askersRam.createPolicy(
        new ram.CreatePolicyRequest({ policyName: name, policyDocument: JSON.stringify(document) }),
      );
      await askersRam.attachPolicyToUser(
        new ram.AttachPolicyToUserRequest({
          policyName: name,
          policyType: 'Custom',
          userName: 'alice',
        }),
      );
    };
    await allow('another', `acs:kms:*:*:key/${randomUUID()}`);
    expect(await kmsRefusalOf(alice.decrypt(blob))).toBe('403 Forbidden.NoPermission');
    await allow('this', `acs:kms:*:*:key/${keyId}`);
    expect((await alice.decrypt(blob)).plaintext).toBe(made.plaintext);

    await client.disableKey(new kms.DisableKeyRequest({ keyId }));
    expect(await kmsRefusalOf(own.generateDataKey(new kms.GenerateDataKeyRequest({ keyId })))).toBe(
      '409 Rejected.Disabled',
    );
  });
});
