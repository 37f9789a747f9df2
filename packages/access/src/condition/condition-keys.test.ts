import { expect, it } from 'vitest';
import { canonicalConditionKey, isConditionKey, isKnownConditionKey } from './condition-keys.js';

it.each([
  ['acs:SourceIp', 'acs:SourceIp', true],
  ['ACS:sourceip', 'acs:SourceIp', true],
  ['oss:X-Oss-Acl', 'oss:x-oss-acl', true],
  ['OSS:existingobjecttag/Team', 'oss:ExistingObjectTag/Team', true],
  ['oss:BucketTag/a/b', 'oss:BucketTag/a/b', true],
  ['acs:ResourceTag/team', 'acs:ResourceTag/team', false],
  ['ecs:tag/x', 'ecs:tag/x', false],
])('%s is asked for as %s', (key, canonical, known) => {
  expect(isConditionKey(key)).toBe(true);
  expect(canonicalConditionKey(key)).toBe(canonical);
  expect(isKnownConditionKey(canonical)).toBe(known);
});

it.each(['', 'SourceIp', ':SourceIp', 'acs:', 'acs: SourceIp', 'acs::SourceIp', '1:x'])(
  '%j is no condition key',
  (key) => {
    expect(isConditionKey(key)).toBe(false);
  },
);

it('what every object has is no known key', () => {
  expect(isKnownConditionKey('toString')).toBe(false);
});
