import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ossResource } from '../resource.js';
import { checkNamesBucket } from './check-names-bucket.js';
import { compilePolicy } from './compile-policy.js';
import { parsePolicy } from './parse-policy.js';
import { PolicyError } from './policy-error.js';

const BUCKET = 'photos';

const policyOf = (...resources: object[]) =>
  parsePolicy(
    {
      Version: '1',
      Statement: resources.map((resource) => ({
        Effect: 'Deny',
        Action: 'oss:*',
        Principal: ['*'],
        ...resource,
      })),
    },
    'bucket',
  );
/** What the policy with these resources is refused for; undefined if it is not. */
function faultOf(...resources: object[]): PolicyError | undefined {
  try {
    checkNamesBucket(policyOf(...resources), BUCKET);
    return undefined;
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
}

describe('the policy of a bucket', () => {
  it.each([
    ...['*', 'acs:oss:*:*:*', 'acs:oss:*:*:photos', 'acs:oss:*:*:photos/', 'acs:oss:*:*:photos/a*'],
    ...['acs:oss:*:1234567890:*/*', 'acs:oss:cn-beijing:1:photos/*', 'acs:*:*:*:photos'],
    ...['acs:oss:*:*:p*s', 'acs:oss:*:*:photo?', 'acs:oss:*:*:photos*', 'acs:oss:*:*:??????/?'],
    ...['acs:oss:*:*:photos?a', 'acs:oss:*:*:*/user1/*', 'acs:oss:*:*:*a', 'acs:oss:*:*:p*a'],
  ])('may name %s', (resource) => {
    expect(faultOf({ Resource: resource })).toBeUndefined();
  });

  it.each([
    ...['acs:oss:*:*:videos', 'acs:oss:*:*:videos/*', 'acs:oss:*:*:photos2', 'acs:oss:*:*:photo'],
    ...['acs:oss:*:*:photos2/*', 'acs:oss:*:*:photo/s', 'acs:oss:*:*:Photos/*', 'acs:kms:*:*:*'],
    ...['acs:oss:*:*:/photos', 'acs:oss:*:*:?photos', 'acs:oss:*:*:v*', 'acs:oss:*:*:?????/*'],
  ])('may not name %s alone', (resource) => {
    expect(faultOf({ Resource: resource })).toMatchObject({
      fault: 'other-bucket',
      place: 'Statement[0].Resource',
      reason: 'names neither the bucket photos nor anything in it',
    });
  });

  it('may name others beside the bucket, and all but others', () => {
    const others = ['acs:oss:*:*:videos', 'acs:oss:*:*:videos/*'];
    expect(faultOf({ Resource: [...others, 'acs:oss:*:*:photos/*'] })).toBeUndefined();
    expect(faultOf({ NotResource: others })).toBeUndefined();
    const second = faultOf({ Resource: '*' }, { Resource: others });
    expect(second).toMatchObject({ place: 'Statement[1].Resource' });
  });

  it('is refused for no statement that applies to anything in the bucket', () => {
    const piece = fc.constantFrom('*', '?', '/', 'p', 'photos', 'photo', 's', 'a');
    const pattern = fc
      .array(piece, { minLength: 1, maxLength: 6 })
      .map((pieces) => pieces.join('').replaceAll(/\*+/g, '*'));
    const key = fc.array(fc.constantFrom('a', 's', 'p', '/'), { maxLength: 4 });
    let applied = 0;
    fc.assert(
      fc.property(pattern, fc.option(key), (relativeId, pieces) => {
        const policy = policyOf({ Resource: `acs:oss:*:*:${relativeId}` });
        const [statement] = compilePolicy(policy, BUCKET).denies;
        const resource = ossResource({
          region: 'cn-hangzhou',
          account: '1',
          bucket: BUCKET,
          key: pieces?.join(''),
        });
        if (statement?.matchesResource(resource) !== true) return;
        applied++;
        checkNamesBucket(policy, BUCKET);
      }),
      { numRuns: 5000 },
    );
    expect(applied).toBeGreaterThan(100);
  });
});
