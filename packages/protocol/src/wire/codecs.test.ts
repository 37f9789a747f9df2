import { describe, expect, it } from 'vitest';
import {
  DeleteObject,
  GetObject,
  ListObjectsV2,
  PutBucket,
  PutObject,
  PutObjectTagging,
} from '../operations/index.js';
import { decodeXmlBody, inputDecoder } from './decode-input.js';
import { decodeOutput } from './decode-output.js';
import { encodeInput, WireText } from './encode-input.js';
import { outputEncoder } from './encode-output.js';

const decode = (headers: Record<string, string>, query: [string, string | null][] = []) =>
  inputDecoder(PutObject)(new Map(Object.entries(headers)), query);
const refusal = (kind: string, details: Record<string, string> = {}) =>
  expect.objectContaining({ name: 'OssError', kind, details: expect.objectContaining(details) });

describe('reading a request', () => {
  it('gives typed input', () => {
    expect(
      decode({
        'cache-control': 'no-cache',
        'x-oss-forbid-overwrite': 'true',
        'x-oss-object-acl': 'private',
        'x-oss-storage-class': 'IA',
        'x-oss-tagging': 'TagA=A',
        'x-oss-meta-user': 'aliyun',
        'x-oss-meta-email': 'a@b',
        'x-oss-hash-crc64ecma': '18446744073709551615',
        'x-oss-unknown': 'passed over',
        host: 'b.localhost',
      }),
    ).toEqual({
      cacheControl: 'no-cache',
      forbidOverwrite: true,
      objectAcl: 'private',
      storageClass: 'IA',
      tagging: [{ key: 'TagA', value: 'A' }],
      metadata: { user: 'aliyun', email: 'a@b' },
      crc64: 18446744073709551615n,
    });
  });

  it.each([
    ['x-oss-forbid-overwrite', 'yes', 'ForbidOverwriteNotBoolean'],
    ['x-oss-forbid-overwrite', '', 'ForbidOverwriteNotBoolean'],
    ['x-oss-object-acl', 'public', 'ObjectAclInvalid'],
    ['x-oss-object-acl', '', 'ObjectAclEmpty'],
    ['x-oss-storage-class', 'STANDARD', 'StorageClassInvalid'],
    ['x-oss-storage-class', '', 'StorageClassEmpty'],
    ['x-oss-hash-crc64ecma', '18446744073709551616', 'Crc64Malformed'],
    ['x-oss-hash-crc64ecma', '-1', 'Crc64Malformed'],
    ['x-oss-server-side-encryption', 'aes256', 'EncryptionAlgorithmInvalid'],
    ['x-oss-server-side-encryption', '', 'EncryptionAlgorithmInvalid'],
    ['x-oss-server-side-data-encryption', 'AES256', 'DataEncryptionAlgorithmInvalid'],
    ['x-oss-server-side-data-encryption', '', 'DataEncryptionAlgorithmInvalid'],
    ['x-oss-server-side-encryption-key-id', '', 'EncryptionKeyIdEmpty'],
    ['x-oss-server-side-encryption-context', 'text', 'EncryptionContextInvalid'],
  ])('refuses %s: %s with the cause %s', (name, value, kind) => {
    expect(() => decode({ [name]: value })).toThrow(
      refusal(kind, { ArgumentName: name, ArgumentValue: value }),
    );
  });

  it.each([
    'If-Match',
    'If-None-Match',
    'If-Modified-Since',
    'If-Unmodified-Since',
    'x-oss-callback',
    'x-oss-traffic-limit',
    'x-oss-object-worm-mode',
  ])('refuses %s rather than ignoring it', (name) => {
    expect(() => decode({ [name.toLowerCase()]: 'x' })).toThrow(
      refusal('HeaderNotImplemented', { Header: name }),
    );
  });

  it.each(['callback', 'x-oss-traffic-limit'])(
    'refuses the parameter %s rather than ignoring it',
    (name) => {
      expect(() => decode({}, [[name, 'x']])).toThrow(
        refusal('ParameterNotImplemented', { Parameter: name }),
      );
    },
  );

  it.each([GetObject, DeleteObject, PutBucket])(
    'refuses a method of encryption for $name, whatever it is',
    (operation) => {
      for (const value of ['AES256', 'KMS', 'x', '']) {
        const headers = new Map([['x-oss-server-side-encryption', value]]);
        expect(() => inputDecoder(operation)(headers, [])).toThrow(
          refusal('EncryptionHeaderNotApplicable', { ArgumentValue: value }),
        );
      }
    },
  );

  it('takes an empty header for an absent one', () => {
    expect(decode({ 'cache-control': '', 'content-type': '' })).toEqual({});
  });
});

describe('a request that a client writes', () => {
  it('is what a server reads', () => {
    const encoded = encodeInput(PutObject, {
      bucket: 'b',
      key: 'k',
      contentType: 'text/plain',
      forbidOverwrite: false,
      metadata: { user: 'aliyun' },
      tagging: [{ key: 'a b', value: '你' }],
    });
    expect(encoded).toMatchObject({ method: 'PUT', bucket: 'b', key: 'k', query: [] });
    const headers = new Map(encoded.headers.map(([name, value]) => [name.toLowerCase(), value]));
    expect(inputDecoder(PutObject)(headers, encoded.query)).toEqual({
      contentType: 'text/plain',
      forbidOverwrite: false,
      metadata: { user: 'aliyun' },
      tagging: [{ key: 'a b', value: '你' }],
    });
  });

  it('has the parameters that its operation is told by', () => {
    expect(encodeInput(ListObjectsV2, { bucket: 'b', prefix: '', maxKeys: 7 }).query).toEqual([
      ['list-type', '2'],
      ['prefix', ''],
      ['max-keys', '7'],
    ]);
  });

  it('may hold text that is not legal, for the server to judge', () => {
    expect(
      encodeInput(PutObject, { bucket: 'b', key: 'k', tagging: new WireText('a=b=c') }).headers,
    ).toEqual([['x-oss-tagging', 'a=b=c']]);
  });

  it('must have what is required', () => {
    expect(() => encodeInput(PutObjectTagging, { bucket: 'b', key: 'k' })).toThrow(
      'missing required field, tagging.',
    );
  });

  it('carries XML that the server reads', () => {
    const tags = [{ key: 'a', value: '<1>' }];
    const { xml } = encodeInput(PutObjectTagging, { bucket: 'b', key: 'k', tagging: { tags } });
    expect(decodeXmlBody(PutObjectTagging.input.tagging, xml ?? '')).toEqual({ tags });
    expect(() => decodeXmlBody(PutObjectTagging.input.tagging, '<Tagging>')).toThrow(
      refusal('MalformedXml'),
    );
  });
});

describe('an answer that a server writes', () => {
  it('is what a client reads', () => {
    const output = {
      etag: '5D41402ABC4B2A76B9719D911017C592',
      crc64: 5981764153023615706n,
      lastModified: Date.UTC(2026, 0, 2, 3, 4, 5),
      contentLength: 5,
      metadata: { user: 'aliyun' },
    };
    const encoded = outputEncoder(GetObject)(output);
    expect(encoded.headers).toEqual([
      ['Content-Length', '5'],
      ['ETag', '"5D41402ABC4B2A76B9719D911017C592"'],
      ['Last-Modified', 'Fri, 02 Jan 2026 03:04:05 GMT'],
      ['x-oss-hash-crc64ecma', '5981764153023615706'],
      ['x-oss-meta-user', 'aliyun'],
    ]);
    const headers = new Map(encoded.headers.map(([name, value]) => [name.toLowerCase(), value]));
    expect(decodeOutput(GetObject, { headers, body: undefined, payload: undefined })).toMatchObject(
      output,
    );
  });
});
