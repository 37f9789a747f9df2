import { conditionKeys } from '@openoss/access';
import { expect, it } from 'vitest';
import { type RequestFacts, requestContext } from './request-context.js';

const factsOf = (
  { peer, ...socket }: { readonly peer?: string | undefined; readonly encrypted?: boolean },
  headers: readonly (readonly [string, string])[] = [],
  others: Partial<RequestFacts> = {},
): RequestFacts => ({
  exchange: { connection: { peer }, request: { socket }, headers: new Map(headers) },
  operation: 'PutObject',
  input: {},
  accessKeyId: 'LTAIone',
  now: Date.UTC(2026, 10, 26, 12),
  ...others,
});

it('tells the address of the client in the form it is written in policies', () => {
  const addressOf = (peer: string | undefined) =>
    requestContext(factsOf({ peer }), undefined)('acs:SourceIp');
  expect(addressOf('10.1.2.3')).toBe('10.1.2.3');
  expect(addressOf('::ffff:10.1.2.3')).toBe('10.1.2.3');
  expect(addressOf('2001:db8::1')).toBe('2001:db8::1');
  expect(addressOf(undefined)).toBeUndefined();
});

it('tells TLS from plain connections', () => {
  const isSecure = (socket: { readonly encrypted?: boolean }) =>
    requestContext(factsOf(socket), undefined)('acs:SecureTransport');
  expect(isSecure({ encrypted: true })).toBe('true');
  expect(isSecure({})).toBe('false');
});

it('answers each key that is documented as it is documented, and no other', () => {
  const context = requestContext(factsOf({ peer: '10.1.2.3' }), undefined);
  const answers = Object.fromEntries(Object.keys(conditionKeys).map((key) => [key, context(key)]));
  expect(answers).toEqual({
    ...Object.fromEntries(Object.keys(conditionKeys).map((key) => [key, undefined])),
    'acs:SourceIp': '10.1.2.3',
    'acs:SourceVpc': '',
    'acs:SourceVpcId': '',
    'acs:CurrentTime': '2026-11-26T12:00:00.000Z',
    'acs:SecureTransport': 'false',
    'acs:AccessId': 'LTAIone',
    'acs:MFAPresent': 'false',
  });
  expect(context('oss:Unknown')).toBeUndefined();
});

it('tells an empty prefix of a listing from none elsewhere', () => {
  const of = (operation: string) =>
    requestContext(factsOf({}, [], { operation }), undefined)('oss:Prefix');
  expect(of('ListObjectsV2')).toBe('');
  expect(of('ListBuckets')).toBeUndefined();
});

it('reads tags by their whole key', () => {
  const facts = factsOf({}, [], { input: { tagging: [{ key: 'a', value: '1' }] } });
  const context = requestContext(facts, { tags: [['a/b', 'x']] });
  expect(context('oss:RequestObjectTag/a')).toBe('1');
  expect(context('oss:RequestObjectTag/A')).toBeUndefined();
  expect(context('oss:ExistingObjectTag/a/b')).toBe('x');
  expect(context('oss:ExistingObjectTag/a')).toBeUndefined();
});
