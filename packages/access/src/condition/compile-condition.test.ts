import { describe, expect, it } from 'vitest';
import { compileCondition } from './compile-condition.js';
import type { ConditionOperator } from './condition-operator.js';

const holds = (
  operator: ConditionOperator,
  values: readonly string[],
  actual: string | readonly string[] | undefined,
): boolean =>
  compileCondition({ operator, key: 'oss:Prefix', values }).holds((key) =>
    key === 'oss:Prefix' ? actual : undefined,
  );

describe('a condition', () => {
  it.each<[ConditionOperator, readonly string[], string, boolean]>([
    ['StringEquals', ['a', 'b'], 'b', true],
    ['StringEquals', ['a', 'b'], 'B', false],
    ['StringEquals', ['a*'], 'ab', false],
    ['StringEquals', [''], '', true],
    ['StringEqualsIgnoreCase', ['Ab'], 'aB', true],
    ['StringEqualsIgnoreCase', ['Ab'], 'aBc', false],
    ['StringLike', ['hangzhou/*', 'x?'], 'hangzhou/2015', true],
    ['StringLike', ['hangzhou/*', 'x?'], 'xy', true],
    ['StringLike', ['hangzhou/*', 'x?'], 'Hangzhou/2015', false],
    ['StringLike', ['*'], '', true],
    ['NumericEquals', ['10'], '10.0', true],
    ['NumericEquals', ['10'], '1e1', true],
    ['NumericEquals', ['10'], '', false],
    ['NumericLessThan', ['10', '3'], '9', true],
    ['NumericLessThan', ['10'], '10', false],
    ['NumericLessThanEquals', ['10'], '10', true],
    ['NumericGreaterThan', ['-1.5'], '-1.4', true],
    ['NumericGreaterThan', ['-1.5'], '-1.5', false],
    ['NumericGreaterThanEquals', ['-1.5'], '-1.5', true],
    ['NumericGreaterThan', ['9'], '10', true],
    ['NumericGreaterThan', ['9'], 'ten', false],
    ['DateEquals', ['2026-11-26T15:00:00Z'], '2026-11-26T23:00:00+08:00', true],
    ['DateEquals', ['2026-11-26'], '2026-11-26T00:00:00.000Z', true],
    ['DateLessThan', ['2026-11-26T15:00:00Z'], '2026-11-26T14:59:59Z', true],
    ['DateLessThan', ['2026-11-26T15:00:00Z'], '2026-11-26T15:00:00Z', false],
    ['DateLessThanEquals', ['2026-11-26T15:00:00Z'], '2026-11-26T15:00:00Z', true],
    ['DateGreaterThan', ['2026-11-26T15:00:00Z'], '2026-11-26T15:00:00.001Z', true],
    ['DateGreaterThanEquals', ['2026-11-26T15:00:00Z'], '2026-11-26T15:00:00Z', true],
    ['DateGreaterThan', ['2026-11-26T15:00:00Z'], 'tomorrow', false],
    ['Bool', ['true'], 'true', true],
    ['Bool', ['True'], 'true', true],
    ['Bool', ['true'], 'false', false],
    ['Bool', ['true', 'false'], 'false', true],
    ['IpAddress', ['10.0.0.0/8', '::1'], '10.9.8.7', true],
    ['IpAddress', ['10.0.0.0/8', '::1'], '::1', true],
    ['IpAddress', ['10.0.0.0/8'], 'nowhere', false],
    ['IpAddressIncludeBorder', ['10.0.0.0/8'], '10.255.255.255', true],
    ['IpAddress', ['10.0.0.0/8'], '10.255.255.255', true],
  ])('%s %j on %j: %s', (operator, values, actual, expected) => {
    expect(holds(operator, values, actual)).toBe(expected);
  });

  // Documented by example: StringNotLike vpc-* is how a policy tells what did not come through a VPC
  // (https://help.aliyun.com/zh/oss/user-guide/0030-00000008).
  const negations: readonly [
    ConditionOperator,
    ConditionOperator,
    readonly string[],
    readonly string[],
  ][] = [
    ['StringEquals', 'StringNotEquals', ['a', 'b'], ['a', 'c', '']],
    ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', ['A'], ['a', 'c']],
    ['StringLike', 'StringNotLike', ['TMP.*', 'STS.*'], ['STS.x', 'LTAI']],
    ['NumericEquals', 'NumericNotEquals', ['1', '2'], ['1.0', '3', 'x']],
    ['DateEquals', 'DateNotEquals', ['2026-01-01'], ['2026-01-01', '2026-01-02', 'x']],
    ['IpAddress', 'NotIpAddress', ['10.0.0.0/8', '11.0.0.1'], ['10.1.1.1', '12.0.0.1', 'x']],
    [
      'IpAddressIncludeBorder',
      'NotIpAddressIncludeBorder',
      ['10.0.0.0/8'],
      ['10.0.0.0', '9.0.0.0'],
    ],
  ];
  it.each(negations)(
    '%s and %s are each other turned around',
    (positive, negative, values, actuals) => {
      for (const actual of [...actuals, [], [...actuals], ['c', 'x']]) {
        expect(holds(negative, values, actual)).toBe(!holds(positive, values, actual));
      }
      expect(holds(positive, values, undefined)).toBe(false);
      expect(holds(negative, values, undefined)).toBe(true);
    },
  );

  it('on a key of several values holds where one of them matches; negated, where none does', () => {
    expect(holds('StringEquals', ['a', 'b'], ['x', 'b'])).toBe(true);
    expect(holds('StringEquals', ['a', 'b'], ['x', 'y'])).toBe(false);
    expect(holds('StringEquals', ['a', 'b'], [])).toBe(false);
    expect(holds('StringNotEquals', ['a', 'b'], ['x', 'b'])).toBe(false);
    expect(holds('StringNotEquals', ['a', 'b'], ['x', 'y'])).toBe(true);
  });

  it.each([
    '2026-02-30',
    '2026-13-01',
    '2026-11-26T15:00:00',
    '26.11.2026',
    '1764169200',
    '2026-11-26T25:00:00Z',
  ])('never compares with %s, which is no date with a zone', (text) => {
    expect(holds('DateEquals', ['2026-03-02'], text)).toBe(false);
    expect(holds('DateGreaterThan', ['1970-01-01'], text)).toBe(false);
  });
});
