import { expect, it } from 'vitest';
import { explain, explanationLines } from './explain.js';
import { compilePolicy } from './policy/compile-policy.js';
import { parsePolicy } from './policy/parse-policy.js';
import { ossResource } from './resource.js';

const policy = (kind: 'ram' | 'bucket', name: string, ...Statement: object[]) =>
  compilePolicy(parsePolicy({ Version: '1', Statement }, kind), name);
const resource = ossResource({
  region: 'cn-hangzhou',
  account: '1000',
  bucket: 'photos',
  key: 'a.jpg',
});

it('tells every stage, every statement, and why each does not apply', () => {
  const explanation = explain({
    principal: { kind: 'user', account: '1000', user: '1001', name: 'alice' },
    actions: ['oss:PutObject', 'oss:PutObjectTagging'],
    resource,
    bucket: {
      owner: '1000',
      acl: 'private',
      blocksPublicAccess: true,
      policy: policy(
        'bucket',
        'photos',
        { Effect: 'Allow', Action: 'oss:*', Resource: '*', Principal: ['2000'] },
        { Effect: 'Allow', Action: 'oss:*', Resource: '*', Principal: ['*'] },
        {
          Effect: 'Deny',
          Action: 'oss:PutObjectTagging',
          Resource: 'acs:oss:*:*:photos/*',
          Principal: ['1001'],
        },
      ),
    },
    identityPolicies: [
      policy(
        'ram',
        'uploads',
        { Effect: 'Allow', Action: 'oss:Get*', Resource: '*' },
        { Effect: 'Allow', Action: 'oss:*', Resource: 'acs:oss:*:*:videos/*' },
        {
          Effect: 'Deny',
          Action: 'oss:*',
          Resource: '*',
          Condition: { NotIpAddress: { 'acs:SourceIp': ['10.0.0.0/8'] } },
        },
        { Effect: 'Allow', Action: 'oss:Put*', Resource: '*' },
      ),
    ],
    context: (key) => (key === 'acs:SourceIp' ? '10.1.2.3' : undefined),
  });
  expect(explanation.verdict).toMatchObject({
    allowed: false,
    denial: 'bucket-policy',
    explicit: true,
  });
  expect(explanationLines(explanation)).toEqual([
    'oss:PutObject  session-policy: passed by (there is none)',
    'oss:PutObject  identity-policy: allow (RAM policy uploads, Statement[3] is an Allow that applies)',
    '  Allow, RAM policy uploads, Statement[0]: does not apply: it is about other actions',
    '  Allow, RAM policy uploads, Statement[1]: does not apply: it is about other resources',
    '  Deny, RAM policy uploads, Statement[2]: does not apply: NotIpAddress acs:SourceIp ["10.0.0.0/8"] does not hold',
    '  Allow, RAM policy uploads, Statement[3]: applies',
    'oss:PutObject  bucket-policy: implicit-deny (no statement applies)',
    '  Allow, bucket policy photos, Statement[0]: does not apply: it is about other principals',
    '  Allow, bucket policy photos, Statement[1]: does not apply: it grants something to the public, which is blocked',
    '  Deny, bucket policy photos, Statement[2]: does not apply: it is about other actions',
    'oss:PutObjectTagging  session-policy: passed by (there is none)',
    'oss:PutObjectTagging  identity-policy: allow (RAM policy uploads, Statement[3] is an Allow that applies)',
    '  Allow, RAM policy uploads, Statement[0]: does not apply: it is about other actions',
    '  Allow, RAM policy uploads, Statement[1]: does not apply: it is about other resources',
    '  Deny, RAM policy uploads, Statement[2]: does not apply: NotIpAddress acs:SourceIp ["10.0.0.0/8"] does not hold',
    '  Allow, RAM policy uploads, Statement[3]: applies',
    'oss:PutObjectTagging  bucket-policy: explicit-deny (bucket policy photos, Statement[2] is a Deny that applies)',
    '  Allow, bucket policy photos, Statement[0]: does not apply: it is about other principals',
    '  Allow, bucket policy photos, Statement[1]: does not apply: it grants something to the public, which is blocked',
    '  Deny, bucket policy photos, Statement[2]: applies',
    'oss:PutObjectTagging is explicitly denied by bucket policy photos, Statement[2]',
  ]);
});

it('tells of ownership and ACLs where no policy decides', () => {
  const bucket = { owner: '1000', acl: 'public-read' } as const;
  const told = (principal: Parameters<typeof explain>[0]['principal'], action: string) =>
    explanationLines(explain({ principal, actions: [action], resource, bucket }));
  expect(told({ kind: 'account', account: '1000' }, 'oss:PutObject')).toEqual([
    'oss:PutObject  session-policy: passed by (there is none)',
    'oss:PutObject  identity-policy: passed by (an account has none)',
    'oss:PutObject  bucket-policy: passed by (there is none)',
    'oss:PutObject  ownership: allow (it is the account that owns it)',
    'allowed by ownership',
  ]);
  expect(
    told({ kind: 'user', account: '2000', user: '2001', name: 'bob' }, 'oss:GetObject').slice(1),
  ).toEqual([
    'oss:GetObject  identity-policy: passed by (the bucket belongs to another account)',
    'oss:GetObject  bucket-policy: passed by (there is none)',
    'oss:GetObject  ownership: implicit-deny (it is not the account that owns it)',
    'oss:GetObject  bucket-acl: allow (public-read, and this is a read)',
    'allowed by bucket-acl',
  ]);
  expect(told({ kind: 'anonymous' }, 'oss:PutObject').at(-1)).toBe(
    'oss:PutObject is implicitly denied by bucket-acl',
  );
  expect(told({ kind: 'anonymous' }, 'oss:ListObjects').at(-2)).toBe(
    'oss:ListObjects  management: implicit-deny (no ACL speaks of this action)',
  );
});
