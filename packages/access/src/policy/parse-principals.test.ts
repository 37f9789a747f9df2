import { describe, expect, it } from 'vitest';
import { faultOf } from '../testing/fault-of.js';
import type { PolicyKind } from './policy-kind.js';

const allow = { Effect: 'Allow', Action: 'oss:GetObject', Resource: 'acs:oss:*:*:bucket/*' };
const granted = { ...allow, Principal: ['*'] };
const trusting = {
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { RAM: 'acs:ram::1000:root' },
};

describe('a principal is refused with a reason and a place:', () => {
  it.each<[string, object, PolicyKind, string, string]>([
    [
      'a principal of an identity',
      granted,
      'ram',
      '.Principal',
      'the policies of an identity name no principal: it is the identity',
    ],
    [
      'a principal of a session',
      { ...allow, NotPrincipal: ['*'] },
      'session',
      '.NotPrincipal',
      'the policies of an identity name no principal: it is the identity',
    ],
    [
      'no principal of a bucket',
      allow,
      'bucket',
      '',
      'a statement of a bucket policy needs Principal or NotPrincipal',
    ],
    [
      'two principals',
      { ...granted, NotPrincipal: ['1'] },
      'bucket',
      '',
      'has both Principal and NotPrincipal',
    ],
    [
      'an empty NotPrincipal',
      { ...allow, NotPrincipal: [] },
      'bucket',
      '.NotPrincipal',
      'needs at least one value',
    ],
    [
      'a name as principal',
      { ...allow, Principal: ['alice'] },
      'bucket',
      '.Principal[0]',
      "a principal is '*', the UID of an account or a RAM user, or arn:sts::UID:assumed-role/ROLE/SESSION",
    ],
    [
      'a role as principal',
      { ...allow, Principal: ['arn:sts::1:role/x'] },
      'bucket',
      '.Principal[0]',
      "a principal is '*', the UID of an account or a RAM user, or arn:sts::UID:assumed-role/ROLE/SESSION",
    ],
    [
      'trust in a bucket policy',
      { ...allow, Principal: { RAM: ['1'] } },
      'bucket',
      '.Principal',
      'a bucket policy has a list here; an object is for trust policies',
    ],
    [
      'trust in nobody',
      { ...trusting, Principal: {} },
      'trust',
      '.Principal',
      'needs at least one of RAM, Service, Federated',
    ],
    [
      'trust without a principal',
      { Effect: 'Allow', Action: 'sts:AssumeRole' },
      'trust',
      '',
      'a statement of a trust policy needs a Principal',
    ],
    [
      'trust in others',
      { ...trusting, Principal: { AWS: '*' } },
      'trust',
      '.Principal.AWS',
      'is none of RAM, Service, Federated',
    ],
    [
      'trust in a UID',
      { ...trusting, Principal: { RAM: ['1000'] } },
      'trust',
      '.Principal.RAM[0]',
      'is acs:ram::UID:root, acs:ram::UID:user/NAME or acs:ram::UID:role/NAME',
    ],
    [
      'a resource of trust',
      { ...trusting, Resource: '*' },
      'trust',
      '.Resource',
      'is none of Effect, Action, NotAction, Condition, Principal',
    ],
  ])('%s', (_, statement, kind, place, reason) => {
    const error = faultOf({ Version: '1', Statement: [statement] }, kind);
    expect([error.fault, error.place, error.reason]).toEqual([
      'grammar',
      `Statement[0]${place}`,
      reason,
    ]);
  });
});
