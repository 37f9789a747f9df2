import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AuditRecord, auditLine } from './audit-record.js';

const record: AuditRecord = {
  at: Date.UTC(2026, 10, 26, 16, 30, 0, 7),
  service: 'oss',
  requestId: '5C1B7F3E2D1A0B4C9D8E7F60',
  sourceIp: '10.0.0.1',
  tls: false,
  host: 'localhost',
  userAgent: 'agent',
  method: 'PUT',
  auth: 'v4-header',
  accessKeyId: 'LTAI',
  account: '1',
  principal: 'acs:ram::1:user/alice',
  sessionName: 'session',
  operation: 'PutObject',
  action: 'oss:PutObject',
  bucket: 'examplebucket',
  key: 'key',
  versionId: 'null',
  path: '/examplebucket/key',
  query: 'x=1',
  resource: 'acs:oss:cn-hangzhou:1:examplebucket/key',
  otherResources: ['acs:ram::1:policy/p'],
  acl: 'private',
  deletedKeys: ['a'],
  deletedKeysLeftOut: 3,
  targetAccessKeyId: 'LTAI2',
  decision: 'explicit-deny',
  decidedBy: 'identity-policy',
  statement: {
    policyType: 'ram',
    policyName: 'p',
    policyVersion: 'v2',
    group: 'g',
    effect: 'Deny',
    index: 1,
  },
  otherStatement: {
    policyType: 'bucket',
    policyName: 'examplebucket',
    policyVersion: undefined,
    group: undefined,
    effect: 'Deny',
    index: 0,
  },
  status: 403,
  outcome: 'answered',
  code: 'AccessDenied',
  ec: '0003-00000001',
  bytesIn: 0,
  bytesOut: 300,
  milliseconds: 1.23456,
};

/** Every kind of character that ends a line somewhere, or cannot be seen. */
const hostile = [
  'line\nfeed\r\n',
  '\u0000\u0007\u001b[2J\u007f\u0085\u009b',
  '\u2028\u2029\u202e\u2066\u200f\ufeff',
  'lone \ud800 and \udc00, a pair \u{1f600}',
  '"quoted" \\ back',
].join(' ');

describe('a line', () => {
  it('tells the record, with the time in UTC and milliseconds to three places', () => {
    const told = JSON.parse(auditLine(record));
    const { at, milliseconds, ...rest } = record;
    expect(told).toMatchObject({ time: '2026-11-26T16:30:00.007Z', milliseconds: 1.235 });
    expect(told).toMatchObject(JSON.parse(JSON.stringify(rest)));
    expect(Object.keys(told)).toHaveLength(Object.keys(record).length);
  });

  it('leaves out what is not known', () => {
    const told = JSON.parse(auditLine({ ...record, principal: undefined, key: undefined }));
    expect(told).not.toHaveProperty('principal');
    expect(told).not.toHaveProperty('key');
  });

  it('is one line of what can be printed, whatever clients send, and means the same', () => {
    const line = auditLine({ ...record, key: hostile, userAgent: hostile, deletedKeys: [hostile] });
    expect(line.endsWith('\n')).toBe(true);
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    // What is a pair stands as it is, and what is none as an escape: so does UTF-8 not change it.
    const sent = Buffer.from(line).toString();
    expect(JSON.parse(sent)).toMatchObject({
      key: hostile,
      userAgent: hostile,
      deletedKeys: [hostile],
    });
  });

  it('tells no secret that a client has put where none belongs', () => {
    const misplaced = 'a.txt?OSSAccessKeyId=LTAI&Expires=1&Signature=SECRETSIG';
    const line = auditLine({
      ...record,
      ...{ key: misplaced, versionId: misplaced, userAgent: misplaced, host: misplaced },
      resource: `acs:oss:cn-hangzhou:1:examplebucket/${misplaced}`,
      otherResources: [misplaced],
      deletedKeys: ['innocent', misplaced],
      acl: misplaced,
    });
    expect(line).not.toContain('SECRETSIG');
    const kept = 'a.txt?OSSAccessKeyId=LTAI&Expires=1&…';
    expect(JSON.parse(line)).toMatchObject({
      ...{ key: kept, versionId: kept, userAgent: kept, host: kept },
      resource: `acs:oss:cn-hangzhou:1:examplebucket/${kept}`,
      deletedKeys: ['innocent', kept],
    });
  });

  it('has a length that clients cannot choose, and cuts no character in two', () => {
    const endless = '\u0001'.repeat(100_000);
    const line = auditLine({
      ...record,
      ...{ key: endless, host: endless, userAgent: endless, method: endless, query: endless },
      ...{ accessKeyId: endless, versionId: endless, path: endless, resource: endless },
      acl: endless,
    });
    expect(line.length).toBeLessThan(64 * 1024);
    const smile = JSON.parse(auditLine({ ...record, userAgent: '\u{1f600}'.repeat(200) }));
    expect(smile.userAgent).toMatch(/^(?:\u{1f600})+…$/u);
    expect(smile.userAgent.length).toBeGreaterThan(250);
  });
});

it('docs/audit.md tells what every member means', () => {
  const page = readFileSync(
    path.join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'audit.md'),
    'utf8',
  );
  const told = JSON.parse(auditLine(record));
  const members = [...Object.keys(told), ...Object.keys(told.statement)];
  const missing = members.filter((name) => !new RegExp(`^\\|.*\`${name}\``, 'm').test(page));
  expect(missing).toEqual([]);
});
