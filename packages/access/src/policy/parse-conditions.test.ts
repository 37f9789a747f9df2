import { describe, expect, it } from 'vitest';
import { faultOf } from '../testing/fault-of.js';

const allow = { Effect: 'Allow', Action: 'oss:GetObject', Resource: '*' };
const fault = (Condition: unknown) =>
  faultOf({ Version: '1', Statement: [{ ...allow, Condition }] }, 'ram');

describe('a Condition is refused with a reason and a place:', () => {
  it.each<[string, unknown, string, string]>([
    ['a list as Condition', [], '', 'has to be an object'],
    ['an operator without keys', { Bool: {} }, '.Bool', 'needs at least one condition key'],
    ['an operator of another case', { stringLike: {} }, '.stringLike', 'is spelled StringLike'],
    [
      'no condition key',
      { Bool: { secure: 'true' } },
      '.Bool.secure',
      'a condition key is service:name, such as acs:SourceIp',
    ],
    [
      'no truth',
      { Bool: { 'acs:SecureTransport': 'yes' } },
      '.Bool["acs:SecureTransport"]',
      'Bool compares with true or false',
    ],
    [
      'a bare truth',
      { Bool: { 'acs:SecureTransport': true } },
      '.Bool["acs:SecureTransport"]',
      'every value is a text in double quotes',
    ],
    [
      'no address',
      { IpAddress: { 'acs:SourceIp': ['10.0.0.0/8', '10.0.0'] } },
      '.IpAddress["acs:SourceIp"][1]',
      "IpAddress compares with an address, a CIDR block, or an IPv4 address with '*' for whole parts",
    ],
    [
      'no number',
      { NumericEquals: { 'oss:object-remaining-retention-days': '0x10' } },
      '.NumericEquals["oss:object-remaining-retention-days"]',
      'NumericEquals compares with a number',
    ],
    [
      'no date',
      { DateLessThan: { 'acs:CurrentTime': '2026-02-30' } },
      '.DateLessThan["acs:CurrentTime"]',
      'DateLessThan compares with a date, or a time with its zone, in ISO 8601',
    ],
  ])('%s', (_, condition, place, reason) => {
    const error = fault(condition);
    expect([error.fault, error.place, error.reason]).toEqual([
      'grammar',
      `Statement[0].Condition${place}`,
      reason,
    ]);
  });

  it.each(['StringEqualsIfExists', 'ForAnyValue:StringEquals', 'Null', 'toString'])(
    'the operator %s, which OSS does not have',
    (operator) => {
      const { place, reason } = fault({ [operator]: { 'acs:SourceIp': 'x' } });
      expect(place).toContain('Statement[0].Condition');
      expect(reason).toMatch(/^there is no such operator; there are StringEquals, /);
    },
  );
});
