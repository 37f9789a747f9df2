import { describe, expect, it } from 'vitest';
import { operation } from '../operation/operation.js';
import { operations } from '../operations/index.js';
import { parseQuery } from './request-target.js';
import { Router } from './router.js';

const router = new Router(operations);
const routed = (on: 'service' | 'bucket' | 'object', method: string, query = '') => {
  const found = router.route(on, method, parseQuery(query));
  return found.found === 'operation' ? found.operation.name : (found.parameter ?? 'nothing');
};

describe('routing', () => {
  it.each([
    ['service', 'GET', '', 'ListBuckets'],
    ['bucket', 'PUT', '', 'PutBucket'],
    ['bucket', 'PUT', 'acl', 'PutBucketAcl'],
    ['bucket', 'GET', '', 'ListObjects'],
    ['bucket', 'GET', 'prefix=a&list-type=2', 'ListObjectsV2'],
    ['bucket', 'GET', 'bucketInfo', 'GetBucketInfo'],
    ['bucket', 'GET', 'location', 'GetBucketLocation'],
    ['bucket', 'GET', 'stat', 'GetBucketStat'],
    ['bucket', 'DELETE', '', 'DeleteBucket'],
    ['bucket', 'POST', 'delete', 'DeleteMultipleObjects'],
    ['object', 'PUT', '', 'PutObject'],
    ['object', 'PUT', 'tagging', 'PutObjectTagging'],
    ['object', 'PUT', 'tagging&versionId=null', 'PutObjectTagging'],
    ['object', 'GET', 'response-content-type=a', 'GetObject'],
    ['object', 'GET', 'acl=', 'GetObjectAcl'],
    ['bucket', 'PUT', 'policy', 'PutBucketPolicy'],
    ['bucket', 'GET', 'policyStatus', 'GetBucketPolicyStatus'],
    ['bucket', 'DELETE', 'publicAccessBlock', 'DeleteBucketPublicAccessBlock'],
    ['service', 'DELETE', 'publicAccessBlock', 'DeletePublicAccessBlock'],
    ['object', 'HEAD', '', 'HeadObject'],
    ['object', 'HEAD', 'objectMeta', 'GetObjectMeta'],
    ['object', 'POST', 'restore', 'RestoreObject'],
    // A signed URL's own parameters change nothing.
    ['object', 'PUT', 'OSSAccessKeyId=a&Expires=1&Signature=c', 'PutObject'],
    ['object', 'GET', 'x-oss-process=image/resize', 'GetObject'],
  ] as const)('%s %s ?%s is %s', (on, method, query, expected) => {
    expect(routed(on, method, query)).toBe(expected);
  });

  it.each([
    ['bucket', 'PUT', 'lifecycle', 'lifecycle'],
    ['bucket', 'PUT', 'cors', 'cors'],
    ['bucket', 'POST', 'policy', 'policy'],
    ['object', 'GET', 'publicAccessBlock', 'publicAccessBlock'],
    ['bucket', 'DELETE', 'website', 'website'],
    ['bucket', 'GET', 'uploads', 'uploads'],
    ['object', 'PUT', 'partNumber=1&uploadId=A', 'partNumber'],
    ['object', 'PUT', 'symlink', 'symlink'],
    ['object', 'POST', 'append&position=0', 'append'],
    ['object', 'DELETE', 'uploadId=A', 'uploadId'],
    ['object', 'PUT', 'acl&tagging', 'tagging'],
  ] as const)(
    '%s %s ?%s is never taken for the plain operation',
    (on, method, query, parameter) => {
      expect(routed(on, method, query)).toBe(parameter);
    },
  );

  it.each([
    ['service', 'PUT'],
    ['bucket', 'PATCH'],
    ['object', 'POST'],
    ['object', 'OPTIONS'],
  ] as const)('%s %s is no operation', (on, method) => {
    expect(routed(on, method)).toBe('nothing');
  });

  it('refuses two descriptions that claim the same requests', () => {
    const make = (name: string) =>
      operation({
        name,
        doc: '',
        match: { on: 'bucket', method: 'GET', query: { twin: null } },
        input: {},
        output: {},
        actions: [],
        errors: [],
      });
    expect(() => new Router([make('One'), make('Other')])).toThrow(
      'Other and One match the same requests',
    );
  });
});
