import { describe, expect, it } from 'vitest';
import { parsePolicy } from './parse-policy.js';
import { PolicyError, type PolicyFault } from './policy-error.js';
import type { PolicyKind } from './policy-kind.js';

const allow = { Effect: 'Allow', Action: 'oss:GetObject', Resource: 'acs:oss:*:*:bucket/*' };
const granted = { ...allow, Principal: ['*'] };
const trusting = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: 'acs:ram::1000:root' } };
const policy = (...statements: object[]) => ({ Version: '1', Statement: statements });

function faultOf(document: unknown, kind: PolicyKind): PolicyError {
  try {
    parsePolicy(document, kind);
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error(`parses: ${JSON.stringify(document)}`);
}

describe('what is no policy is refused with a reason and a place:', () => {
  const condition = (Condition: unknown) => policy({ ...allow, Condition });
  it.each<[string, unknown, PolicyKind, PolicyFault, string, string]>([
    ['no JSON', '{"Version":"1","Statement":[{"Effect":]}', 'ram', 'json', 'Statement[0].Effect', 'a value was expected (line 1, column 39)'],
    ['a name twice', '{"Version":"1","Statement":[],"Statement":[]}', 'ram', 'json', 'Statement', 'the name stands twice in one object (line 1, column 31)'],
    ['deep nesting', `{"Version":"1","Statement":${'['.repeat(500)}`, 'ram', 'json', `Statement${'[0]'.repeat(12)}`, 'nested deeper than 12 levels (line 1, column 40)'],
    ['a list', [], 'ram', 'grammar', '', 'a policy is a JSON object'],
    ['null', 'null', 'ram', 'grammar', '', 'a policy is a JSON object'],
    ['nothing', '', 'ram', 'json', '', 'the document is cut off: a value was expected (line 1, column 1)'],
    ['no Version', { Statement: [allow] }, 'ram', 'grammar', '', "a policy needs a Version, which is '1'"],
    ['a number as Version', { Version: 1, Statement: [allow] }, 'ram', 'grammar', 'Version', "has to be the text '1'"],
    ['another Version', { Version: '2012-10-17', Statement: [allow] }, 'ram', 'version', 'Version', "the only version there is is '1'"],
    ['no Statement', { Version: '1' }, 'ram', 'grammar', '', 'a policy needs a Statement'],
    ['no statements', policy(), 'ram', 'grammar', 'Statement', 'needs at least one statement'],
    ['a text as statement', { Version: '1', Statement: ['x'] }, 'ram', 'grammar', 'Statement[0]', 'has to be an object'],
    ['an unknown element', { ...policy(allow), Id: 'x' }, 'ram', 'grammar', 'Id', 'is none of Version, Statement'],
    ['another case', { version: '1', Statement: [allow] }, 'ram', 'grammar', 'version', 'is spelled Version'],
    ['an unknown element of a statement', policy(allow, { ...allow, Sid: 'x' }), 'ram', 'grammar', 'Statement[1].Sid', 'is none of Effect, Action, NotAction, Condition, Resource, NotResource'],
    ['__proto__', '{"Version":"1","Statement":[{"__proto__":{}}]}', 'ram', 'grammar', 'Statement[0].__proto__', 'is none of Effect, Action, NotAction, Condition, Resource, NotResource'],
    ['no Effect', policy({ ...allow, Effect: undefined }), 'ram', 'grammar', 'Statement[0]', 'a statement needs an Effect'],
    ['another Effect', policy({ ...allow, Effect: 'allow' }), 'ram', 'grammar', 'Statement[0].Effect', "has to be 'Allow' or 'Deny'"],
    ['no Action', policy({ Effect: 'Allow', Resource: '*' }), 'ram', 'grammar', 'Statement[0]', 'a statement needs Action or NotAction'],
    ['Action and NotAction', policy({ ...allow, NotAction: '*' }), 'ram', 'grammar', 'Statement[0]', 'has both Action and NotAction'],
    ['no Resource', policy({ Effect: 'Allow', Action: '*' }), 'ram', 'grammar', 'Statement[0]', 'a statement needs Resource or NotResource'],
    ['Resource and NotResource', policy({ ...allow, NotResource: '*' }), 'ram', 'grammar', 'Statement[0]', 'has both Resource and NotResource'],
    ['an empty list', policy({ ...allow, Action: [] }), 'ram', 'grammar', 'Statement[0].Action', 'needs at least one value'],
    ['a number', policy({ ...allow, Action: ['oss:*', 1] }), 'ram', 'grammar', 'Statement[0].Action[1]', 'every value is a text in double quotes'],
    ['an action without a service', policy({ ...allow, Action: 'PutObject' }), 'ram', 'grammar', 'Statement[0].Action', "an action is '*' or service:Name, such as oss:PutObject or oss:Get*"],
    ['a resource without its parts', policy({ ...allow, Resource: ['*', 'bucket/*'] }), 'ram', 'grammar', 'Statement[0].Resource[1]', "a resource is '*' or acs:service:region:account:name, such as acs:oss:*:*:bucket/*"],
    ['too short a resource', policy({ ...allow, Resource: 'acs:oss:*:bucket' }), 'ram', 'grammar', 'Statement[0].Resource', "a resource is '*' or acs:service:region:account:name, such as acs:oss:*:*:bucket/*"],
    ['a list as Condition', condition([]), 'ram', 'grammar', 'Statement[0].Condition', 'has to be an object'],
    ['an operator without keys', condition({ Bool: {} }), 'ram', 'grammar', 'Statement[0].Condition.Bool', 'needs at least one condition key'],
    ['an operator of another case', condition({ stringLike: {} }), 'ram', 'grammar', 'Statement[0].Condition.stringLike', 'is spelled StringLike'],
    ['no condition key', condition({ Bool: { secure: 'true' } }), 'ram', 'grammar', 'Statement[0].Condition.Bool.secure', 'a condition key is service:name, such as acs:SourceIp'],
    ['no truth', condition({ Bool: { 'acs:SecureTransport': 'yes' } }), 'ram', 'grammar', 'Statement[0].Condition.Bool["acs:SecureTransport"]', 'Bool compares with true or false'],
    ['a bare truth', condition({ Bool: { 'acs:SecureTransport': true } }), 'ram', 'grammar', 'Statement[0].Condition.Bool["acs:SecureTransport"]', 'every value is a text in double quotes'],
    ['no address', condition({ IpAddress: { 'acs:SourceIp': ['10.0.0.0/8', '10.0.0'] } }), 'ram', 'grammar', 'Statement[0].Condition.IpAddress["acs:SourceIp"][1]', "IpAddress compares with an address, a CIDR block, or an IPv4 address with '*' for whole parts"],
    ['no number', condition({ NumericEquals: { 'oss:object-remaining-retention-days': '0x10' } }), 'ram', 'grammar', 'Statement[0].Condition.NumericEquals["oss:object-remaining-retention-days"]', 'NumericEquals compares with a number'],
    ['no date', condition({ DateLessThan: { 'acs:CurrentTime': '2026-02-30' } }), 'ram', 'grammar', 'Statement[0].Condition.DateLessThan["acs:CurrentTime"]', 'DateLessThan compares with a date, or a time with its zone, in ISO 8601'],
    ['a principal of an identity', policy(granted), 'ram', 'grammar', 'Statement[0].Principal', 'the policies of an identity name no principal: it is the identity'],
    ['a principal of a session', policy({ ...allow, NotPrincipal: ['*'] }), 'session', 'grammar', 'Statement[0].NotPrincipal', 'the policies of an identity name no principal: it is the identity'],
    ['no principal of a bucket', policy(allow), 'bucket', 'grammar', 'Statement[0]', 'a statement of a bucket policy needs Principal or NotPrincipal'],
    ['two principals', policy({ ...granted, NotPrincipal: ['1'] }), 'bucket', 'grammar', 'Statement[0]', 'has both Principal and NotPrincipal'],
    ['an empty NotPrincipal', policy({ ...allow, NotPrincipal: [] }), 'bucket', 'grammar', 'Statement[0].NotPrincipal', 'needs at least one value'],
    ['a name as principal', policy({ ...allow, Principal: ['alice'] }), 'bucket', 'grammar', 'Statement[0].Principal[0]', "a principal is '*', the UID of an account or a RAM user, or arn:sts::UID:assumed-role/ROLE/SESSION"],
    ['a role as principal', policy({ ...allow, Principal: ['arn:sts::1:role/x'] }), 'bucket', 'grammar', 'Statement[0].Principal[0]', "a principal is '*', the UID of an account or a RAM user, or arn:sts::UID:assumed-role/ROLE/SESSION"],
    ['trust in a bucket policy', policy({ ...allow, Principal: { RAM: ['1'] } }), 'bucket', 'grammar', 'Statement[0].Principal', 'a bucket policy has a list here; an object is for trust policies'],
    ['consecutive stars', policy({ ...granted, Resource: 'acs:oss:*:1746****:b/*' }), 'bucket', 'consecutive-stars', 'Statement[0].Resource', "'**' may not stand in a bucket policy"],
    ['trust in nobody', policy({ ...trusting, Principal: {} }), 'trust', 'grammar', 'Statement[0].Principal', 'needs at least one of RAM, Service, Federated'],
    ['trust without a principal', policy({ Effect: 'Allow', Action: 'sts:AssumeRole' }), 'trust', 'grammar', 'Statement[0]', 'a statement of a trust policy needs a Principal'],
    ['trust in others', policy({ ...trusting, Principal: { AWS: '*' } }), 'trust', 'grammar', 'Statement[0].Principal.AWS', 'is none of RAM, Service, Federated'],
    ['trust in a UID', policy({ ...trusting, Principal: { RAM: ['1000'] } }), 'trust', 'grammar', 'Statement[0].Principal.RAM[0]', 'is acs:ram::UID:root, acs:ram::UID:user/NAME or acs:ram::UID:role/NAME'],
    ['a resource of trust', policy({ ...trusting, Resource: '*' }), 'trust', 'grammar', 'Statement[0].Resource', 'is none of Effect, Action, NotAction, Condition, Principal'],
  ])('%s', (_, document, kind, fault, place, reason) => {
    const error = faultOf(document, kind);
    expect({ fault: error.fault, place: error.place, reason: error.reason }).toEqual({ fault, place, reason });
    expect(error.message).toBe(place === '' ? reason : `${place}: ${reason}`);
  });

  it.each(['StringEqualsIfExists', 'ForAnyValue:StringEquals', 'Null', 'toString'])(
    'the operator %s, which OSS does not have',
    (operator) => {
      const { place, reason } = faultOf(condition({ [operator]: { 'acs:SourceIp': 'x' } }), 'ram');
      expect(place).toContain('Statement[0].Condition');
      expect(reason).toMatch(/^there is no such operator; there are StringEquals, /);
    },
  );

  // Documented sizes: 6,144 characters of a RAM policy, 2,048 of a session's, 16 KB of a bucket's.
  it.each<[PolicyKind, number, string]>([
    ['ram', 6144, 'é'],
    ['session', 2048, 'é'],
    ['trust', 2048, 'é'],
    ['bucket', 16384, 'x'],
  ])('more than a %s policy may have, %s', (kind, length, letter) => {
    const statement = kind === 'trust' ? trusting : kind === 'bucket' ? granted : allow;
    const sized = (padding: number) => {
      const values: string[] = [];
      for (let left = padding; left > 0; left -= 1500) values.push(letter.repeat(Math.min(1500, left)));
      return policy({ ...statement, Condition: { StringEquals: { 'oss:Prefix': values } } });
    };
    let fits = length - 400;
    while (JSON.stringify(sized(fits + 1)).length <= length) fits++;
    for (const form of [(value: object) => JSON.stringify(value), (value: object) => value]) {
      expect(() => parsePolicy(form(sized(fits)), kind)).not.toThrow();
      const error = faultOf(form(sized(fits + 1)), kind);
      expect([error.fault, error.place]).toEqual(['too-long', '']);
    }
  });

  it('a value of more than 4,095 bytes', () => {
    const valued = (value: string) =>
      policy({ ...granted, Condition: { StringEquals: { 'oss:Prefix': ['a', value] } } });
    expect(() => parsePolicy(valued('x'.repeat(4095)), 'bucket')).not.toThrow();
    const error = faultOf(valued(`${'é'.repeat(2047)}xx`), 'bucket');
    expect([error.fault, error.place]).toEqual([
      'value-too-long',
      'Statement[0].Condition.StringEquals["oss:Prefix"][1]',
    ]);
  });
});
