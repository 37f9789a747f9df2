import { describe, expect, it } from 'vitest';
import { resolveEndpoint } from './endpoint.js';
import type { LocationSettings, Place } from './location.js';
import { checkBucketName, checkObjectKey } from './request-names.js';

const at = (given: Place, pathStyleSuffixes = ['.privatelink.aliyuncs.com']): LocationSettings => ({
  given,
  profile: {},
  buckets: new Map(),
  pathStyleSuffixes,
});
const resolve = (given: Place, needs: { signVersion?: 'v1' | 'v4'; anonymous?: boolean } = {}) =>
  resolveEndpoint(at(given), { signVersion: 'v4', anonymous: false, ...needs });

describe('where requests go', () => {
  it.each([
    [{ region: 'cn-hangzhou' }, 'https://oss-cn-hangzhou.aliyuncs.com'],
    [{ region: 'r', endpoint: 'oss.example.com' }, 'https://oss.example.com'],
    [{ region: 'r', endpoint: 'http://oss.example.com' }, 'http://oss.example.com'],
    [{ region: 'r', endpoint: 'https://oss.example.com/' }, 'https://oss.example.com'],
    [{ region: 'r', endpoint: 'localhost:9000' }, 'https://localhost:9000'],
    [{ region: 'r', endpoint: 'http://127.0.0.1:9000' }, 'http://127.0.0.1:9000'],
    [{ region: 'r', endpoint: 'http://oss_server:9000' }, 'http://oss_server:9000'],
    [{ region: 'r', endpoint: 'http://[::1]:9000' }, 'http://[::1]:9000'],
  ])('for %j is %s', (given, origin) => {
    expect(resolve(given).origin).toBe(origin);
  });

  it.each([
    ['http://127.0.0.1:9000', undefined, 'path'],
    ['http://127.0.0.1', 'virtual', 'path'],
    ['http://[::1]:9000', undefined, 'path'],
    ['http://localhost:9000', undefined, 'virtual'],
    ['oss-cn-hangzhou.aliyuncs.com', undefined, 'virtual'],
    ['oss-cn-hangzhou.aliyuncs.com', 'path', 'path'],
    ['www.example.com', 'cname', 'cname'],
    ['ep-1.oss.cn-hangzhou.privatelink.aliyuncs.com', undefined, 'path'],
    ['ep-1.oss.cn-hangzhou.privatelink.aliyuncs.com', 'virtual', 'virtual'],
  ] as const)(
    'at %s, asked for %s, the bucket is addressed in %s style',
    (endpoint, style, expected) => {
      expect(resolve({ region: 'r', endpoint, addressingStyle: style }).addressingStyle).toBe(
        expected,
      );
    },
  );

  it.each([
    'ftp://host',
    'ht!tp://host',
    'http://',
    'host name',
    'host/path',
    'http://host?x=1',
    'http://user:pw@host',
    'host:99999',
    '[::1',
  ])('cannot be %s', (endpoint) => {
    expect(() => resolve({ region: 'r', endpoint })).toThrow(/^invalid field, Endpoint\. /);
  });

  it('never shows a password that stands in an endpoint', () => {
    expect(() => resolve({ region: 'r', endpoint: 'http://me:secret@host' })).not.toThrow(/secret/);
  });
});

describe('the region', () => {
  it('has to be set for signature version 4, an argument error', () => {
    expect(() => resolve({ endpoint: 'http://127.0.0.1:9000' })).toThrow(
      'region must be set in sign version 4.',
    );
    try {
      resolve({ endpoint: 'oss-cn-beijing-internal.aliyuncs.com' });
    } catch (error) {
      expect(error).toMatchObject({
        exitCode: 1,
        advice: expect.stringContaining('--region cn-beijing,'),
      });
    }
    expect.assertions(2);
  });

  it('need not be set for version 1 or for anonymous requests, given an endpoint', () => {
    expect(resolve({ endpoint: 'h' }, { signVersion: 'v1' }).region).toBeUndefined();
    expect(resolve({ endpoint: 'h' }, { anonymous: true }).region).toBeUndefined();
    expect(() => resolve({}, { signVersion: 'v1' })).toThrow('invalid field, Endpoint.');
  });

  it.each(['CN', 'cn hangzhou', 'cn_hangzhou', 'x/y'])('cannot be %s', (region) => {
    expect(() => resolve({ region })).toThrow('invalid field, Endpoint.');
  });
});

describe('names that are checked before anything is sent', () => {
  it.each(['abc', 'a-b', '0a1', 'a'.repeat(63)])('take the bucket %s', (name) => {
    expect(() => checkBucketName(name)).not.toThrow();
  });

  it.each(['', 'ab', 'a'.repeat(64), '-ab', 'ab-', 'Abc', 'a_b', 'a.b', 'a b'])(
    'refuse the bucket %j',
    (name) => {
      expect(() => checkBucketName(name, 'PutObject')).toThrow(
        'operation error PutObject: invalid field, OperationInput.Bucket.',
      );
    },
  );

  it('refuse an empty key', () => {
    expect(() => checkObjectKey('k')).not.toThrow();
    expect(() => checkObjectKey('')).toThrow('invalid field, OperationInput.Key.');
  });
});
