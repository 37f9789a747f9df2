import { describe, expect, it } from 'vitest';
import { faultOf } from '../testing/fault-of.js';
import { parsePolicy } from './parse-policy.js';
import type { PolicyFault } from './policy-error.js';
import type { PolicyKind } from './policy-kind.js';

const allow = { Effect: 'Allow', Action: 'oss:GetObject', Resource: 'acs:oss:*:*:bucket/*' };
const granted = { ...allow, Principal: ['*'] };
const trusting = {
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { RAM: 'acs:ram::1000:root' },
};
const policy = (...statements: object[]) => ({ Version: '1', Statement: statements });

describe('what is no policy is refused with a reason and a place:', () => {
  it.each<[string, unknown, PolicyKind, PolicyFault, string, string]>([
    [
      'no JSON',
      '{"Version":"1","Statement":[{"Effect":]}',
      'ram',
      'json',
      'Statement[0].Effect',
      'a value was expected (line 1, column 39)',
    ],
    [
      'a name twice',
      '{"Version":"1","Statement":[],"Statement":[]}',
      'ram',
      'json',
      'Statement',
      'the name stands twice in one object (line 1, column 31)',
    ],
    [
      'deep nesting',
      `{"Version":"1","Statement":${'['.repeat(500)}`,
      'ram',
      'json',
      `Statement${'[0]'.repeat(12)}`,
      'nested deeper than 12 levels (line 1, column 40)',
    ],
    ['a list', [], 'ram', 'grammar', '', 'a policy is a JSON object'],
    ['null', 'null', 'ram', 'grammar', '', 'a policy is a JSON object'],
    [
      'nothing',
      '',
      'ram',
      'json',
      '',
      'the document is cut off: a value was expected (line 1, column 1)',
    ],
    [
      'no Version',
      { Statement: [allow] },
      'ram',
      'grammar',
      '',
      "a policy needs a Version, which is '1'",
    ],
    [
      'a number as Version',
      { Version: 1, Statement: [allow] },
      'ram',
      'grammar',
      'Version',
      "has to be the text '1'",
    ],
    [
      'another Version',
      { Version: '2012-10-17', Statement: [allow] },
      'ram',
      'version',
      'Version',
      "the only version there is is '1'",
    ],
    ['no Statement', { Version: '1' }, 'ram', 'grammar', '', 'a policy needs a Statement'],
    ['no statements', policy(), 'ram', 'grammar', 'Statement', 'needs at least one statement'],
    [
      'a text as statement',
      { Version: '1', Statement: ['x'] },
      'ram',
      'grammar',
      'Statement[0]',
      'has to be an object',
    ],
    [
      'an unknown element',
      { ...policy(allow), Id: 'x' },
      'ram',
      'grammar',
      'Id',
      'is none of Version, Statement',
    ],
    [
      'another case',
      { version: '1', Statement: [allow] },
      'ram',
      'grammar',
      'version',
      'is spelled Version',
    ],
    [
      'an unknown element of a statement',
      policy(allow, { ...allow, Sid: 'x' }),
      'ram',
      'grammar',
      'Statement[1].Sid',
      'is none of Effect, Action, NotAction, Condition, Resource, NotResource',
    ],
    [
      '__proto__',
      '{"Version":"1","Statement":[{"__proto__":{}}]}',
      'ram',
      'grammar',
      'Statement[0].__proto__',
      'is none of Effect, Action, NotAction, Condition, Resource, NotResource',
    ],
    [
      'no Effect',
      policy({ ...allow, Effect: undefined }),
      'ram',
      'grammar',
      'Statement[0]',
      'a statement needs an Effect',
    ],
    [
      'another Effect',
      policy({ ...allow, Effect: 'allow' }),
      'ram',
      'grammar',
      'Statement[0].Effect',
      "has to be 'Allow' or 'Deny'",
    ],
    [
      'no Action',
      policy({ Effect: 'Allow', Resource: '*' }),
      'ram',
      'grammar',
      'Statement[0]',
      'a statement needs Action or NotAction',
    ],
    [
      'Action and NotAction',
      policy({ ...allow, NotAction: '*' }),
      'ram',
      'grammar',
      'Statement[0]',
      'has both Action and NotAction',
    ],
    [
      'no Resource',
      policy({ Effect: 'Allow', Action: '*' }),
      'ram',
      'grammar',
      'Statement[0]',
      'a statement needs Resource or NotResource',
    ],
    [
      'Resource and NotResource',
      policy({ ...allow, NotResource: '*' }),
      'ram',
      'grammar',
      'Statement[0]',
      'has both Resource and NotResource',
    ],
    [
      'an empty list',
      policy({ ...allow, Action: [] }),
      'ram',
      'grammar',
      'Statement[0].Action',
      'needs at least one value',
    ],
    [
      'a number',
      policy({ ...allow, Action: ['oss:*', 1] }),
      'ram',
      'grammar',
      'Statement[0].Action[1]',
      'every value is a text in double quotes',
    ],
    [
      'an action without a service',
      policy({ ...allow, Action: 'PutObject' }),
      'ram',
      'grammar',
      'Statement[0].Action',
      "an action is '*' or service:Name, such as oss:PutObject or oss:Get*",
    ],
    [
      'a resource without its parts',
      policy({ ...allow, Resource: ['*', 'bucket/*'] }),
      'ram',
      'grammar',
      'Statement[0].Resource[1]',
      "a resource is '*' or acs:service:region:account:name, such as acs:oss:*:*:bucket/*",
    ],
    [
      'too short a resource',
      policy({ ...allow, Resource: 'acs:oss:*:bucket' }),
      'ram',
      'grammar',
      'Statement[0].Resource',
      "a resource is '*' or acs:service:region:account:name, such as acs:oss:*:*:bucket/*",
    ],
    [
      'consecutive stars',
      policy({ ...granted, Resource: 'acs:oss:*:1746****:b/*' }),
      'bucket',
      'consecutive-stars',
      'Statement[0].Resource',
      "'**' may not stand in a bucket policy",
    ],
  ])('%s', (_, document, kind, fault, place, reason) => {
    const error = faultOf(document, kind);
    expect({ fault: error.fault, place: error.place, reason: error.reason }).toEqual({
      fault,
      place,
      reason,
    });
    expect(error.message).toBe(place === '' ? reason : `${place}: ${reason}`);
  });

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
      for (let left = padding; left > 0; left -= 1500)
        values.push(letter.repeat(Math.min(1500, left)));
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
