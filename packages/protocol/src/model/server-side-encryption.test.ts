import { describe, expect, it } from 'vitest';
import { OssError } from '../errors/oss-error.js';
import { BadValue } from '../operation/codec.js';
import {
  checkEncryptionRule,
  chooseEncryption,
  type EncryptionRequest,
  type EncryptionRule,
  encryptionContext,
} from './server-side-encryption.js';

const refusal = (act: () => unknown): string | undefined => {
  try {
    act();
  } catch (error) {
    if (error instanceof OssError) return error.kind;
    throw error;
  }
  return undefined;
};

const own: EncryptionRule = { method: 'AES256' };
const kms: EncryptionRule = { method: 'KMS' };
const named: EncryptionRule = { method: 'KMS', keyId: 'bucket-key', dataEncryption: 'SM4' };
const context = { purpose: 'test' };

describe('how an object is encrypted', () => {
  it.each<[string, EncryptionRequest, EncryptionRule | undefined, unknown]>([
    ['not at all, where nobody asks', {}, undefined, undefined],
    ['as the request says', { method: 'SM4' }, undefined, { method: 'SM4' }],
    ['as the bucket says', {}, own, { method: 'AES256' }],
    ['as the request says, whatever the bucket says', { method: 'SM4' }, named, { method: 'SM4' }],
    ['with the default key', { method: 'KMS' }, undefined, { method: 'KMS' }],
    ['with the default key, not that of the bucket', { method: 'KMS' }, named, { method: 'KMS' }],
    ['with the key of the bucket', {}, named, named],
    [
      'with a key and a data encryption of its own',
      { method: 'KMS', keyId: 'k', dataEncryption: 'SM4' },
      own,
      { method: 'KMS', keyId: 'k', dataEncryption: 'SM4' },
    ],
    [
      'with the key of the request, in a bucket of KMS',
      { keyId: 'k' },
      kms,
      { ...kms, keyId: 'k' },
    ],
    [
      'with the data encryption of the request, in a bucket of KMS',
      { dataEncryption: 'SM4' },
      kms,
      { ...kms, dataEncryption: 'SM4' },
    ],
    [
      'bound to a context',
      { method: 'KMS', keyId: 'k', context },
      undefined,
      { ...kms, keyId: 'k', context },
    ],
    ['bound to a context, with the key of the bucket', { context }, named, { ...named, context }],
    // As the SDK for Python, version 1, has it in its tests against the service.
    ['without KMS no data encryption', { dataEncryption: 'SM4' }, undefined, undefined],
    ['with AES256 no data encryption', { method: 'AES256', dataEncryption: 'SM4' }, kms, own],
    [
      'with SM4 no data encryption',
      { method: 'SM4', dataEncryption: 'SM4' },
      kms,
      { method: 'SM4' },
    ],
  ])('%s', (_what, request, rule, chosen) => {
    expect(chooseEncryption(request, rule)).toEqual(chosen);
  });

  it.each<[string, EncryptionRequest, EncryptionRule | undefined, string]>([
    ['a key without a method', { keyId: 'k' }, undefined, 'EncryptionKeyIdNotApplicable'],
    ['a key with AES256', { method: 'AES256', keyId: 'k' }, named, 'EncryptionKeyIdNotApplicable'],
    ['a key in a bucket of AES256', { keyId: 'k' }, own, 'EncryptionKeyIdNotApplicable'],
    ['a context alone', { context }, undefined, 'EncryptionContextNotApplicable'],
    ['a context with SM4', { method: 'SM4', context }, undefined, 'EncryptionContextNotApplicable'],
    [
      'a context without a key',
      { method: 'KMS', context },
      named,
      'EncryptionContextNotApplicable',
    ],
    ['a context without a key in the bucket', { context }, kms, 'EncryptionContextNotApplicable'],
  ])('%s is refused', (_what, request, rule, kind) => {
    expect(refusal(() => chooseEncryption(request, rule))).toBe(kind);
  });
});

describe('the rule of a bucket', () => {
  it.each([
    [{ sseAlgorithm: 'AES256' }, { method: 'AES256' }],
    [{ sseAlgorithm: 'SM4', kmsMasterKeyId: '' }, { method: 'SM4' }],
    [{ sseAlgorithm: 'KMS', kmsMasterKeyId: '', kmsDataEncryption: '' }, { method: 'KMS' }],
    [
      { sseAlgorithm: 'KMS', kmsMasterKeyId: '123', kmsDataEncryption: 'SM4' },
      { method: 'KMS', keyId: '123', dataEncryption: 'SM4' },
    ],
    [{ sseAlgorithm: 'AES256', kmsDataEncryption: 'SM4' }, { method: 'AES256' }],
    [{ sseAlgorithm: 'SM4', kmsDataEncryption: 'abc' }, { method: 'SM4' }],
  ])('%j is %j', (document, rule) => {
    expect(checkEncryptionRule(document)).toEqual(rule);
  });

  it.each([
    [{ sseAlgorithm: 'DES' }, 'EncryptionAlgorithmInvalid'],
    [{ sseAlgorithm: 'aes256' }, 'EncryptionAlgorithmInvalid'],
    [{ sseAlgorithm: '' }, 'EncryptionAlgorithmInvalid'],
    [{ sseAlgorithm: 'AES256', kmsMasterKeyId: 'k' }, 'BucketKeyIdNotApplicable'],
    [{ sseAlgorithm: 'KMS', kmsDataEncryption: 'abc' }, 'BucketDataEncryptionInvalid'],
    [{ sseAlgorithm: 'KMS', kmsDataEncryption: 'AES256' }, 'BucketDataEncryptionInvalid'],
    [{ sseAlgorithm: 'KMS', kmsMasterKeyId: 'k'.repeat(513) }, 'KmsKeyIdInvalid'],
    [{ sseAlgorithm: 'KMS', kmsMasterKeyId: 'k\nk' }, 'KmsKeyIdInvalid'],
    [{ sseAlgorithm: 'KMS', kmsMasterKeyId: 'ключ' }, 'KmsKeyIdInvalid'],
  ])('%j is refused', (document, kind) => {
    expect(refusal(() => checkEncryptionRule(document))).toBe(kind);
  });
});

describe('an encryption context', () => {
  const written = (json: string): string => Buffer.from(json, 'utf8').toString('latin1');

  it('is read from UTF-8, and written the same', () => {
    const read = encryptionContext.decode(written('{"Beispiel":"grün"}'));
    expect(read).toEqual({ Beispiel: 'grün' });
    expect(encryptionContext.decode(encryptionContext.encode(read))).toEqual(read);
  });

  it.each([
    'test encryption context parameter',
    '',
    '"text"',
    '["a"]',
    'null',
    '{"a":1}',
    '{"a":{"b":"c"}}',
    '{"acs:oss:key":"x"}',
    `{"a":"${'x'.repeat(8192)}"}`,
  ])('%.40s is none', (text) => {
    expect(() => encryptionContext.decode(written(text))).toThrow(BadValue);
  });
});
