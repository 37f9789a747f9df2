import { expect, it } from 'vitest';
import { formatPrincipal } from './principal.js';
import { formatResource, ossResource, parseResource } from './resource.js';

it.each([
  ['acs:oss:cn-hangzhou:1000:bucket', { bucket: 'bucket' }],
  ['acs:oss:cn-hangzhou:1000:bucket/a:b/c', { bucket: 'bucket', key: 'a:b/c' }],
  ['acs:oss:cn-hangzhou:1000:*', {}],
])('%s is a resource of OSS, and taken apart and put together the same', (name, of) => {
  const resource = ossResource({ region: 'cn-hangzhou', account: '1000', ...of });
  expect(formatResource(resource)).toBe(name);
  expect(parseResource(name)).toEqual(resource);
});

it('a role is in no region', () => {
  const role = { service: 'ram', region: '', account: '1000', relativeId: 'role/ci' };
  expect(parseResource('acs:ram::1000:role/ci')).toEqual(role);
});

it.each([
  '',
  '*',
  'bucket',
  'acs:oss:*:bucket',
  'arn:oss:*:*:bucket',
  'acs::*:*:b',
  'acs:oss:*:*:',
])('%j is no resource', (name) => {
  expect(parseResource(name)).toBeUndefined();
});

it('principals are written as policies and people know them', () => {
  const account = '1000';
  expect(formatPrincipal({ kind: 'account', account })).toBe('1000');
  expect(formatPrincipal({ kind: 'user', account, user: '1001', name: 'alice' })).toBe(
    'acs:ram::1000:user/alice',
  );
  expect(formatPrincipal({ kind: 'session', account, role: 'ci', session: 's' })).toBe(
    'arn:sts::1000:assumed-role/ci/s',
  );
  expect(formatPrincipal({ kind: 'anonymous' })).toBe('anonymous');
});
