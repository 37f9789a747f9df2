import type { Condition } from '../condition/compile-condition.js';
import { parseIpRange } from '../condition/ip-range.js';
import { hasWildcard } from '../text/wildcard.js';
import type { PolicyStatement } from './policy-document.js';

const PINNED_BY_VALUE = new Set(['acs:SourceVpcId', 'acs:SourceVpc', 'acs:AccessId']);
const PINNED_BY_ADDRESS = new Set(['acs:SourceIp', 'acs:SourceVpcIp']);
const EXACT_OPERATORS = new Set(['StringEquals', 'StringEqualsIgnoreCase', 'StringLike']);
const ADDRESS_OPERATORS = new Set(['IpAddress', 'IpAddressIncludeBorder']);

/**
 * Whether a statement of a bucket policy grants something to the public, as Block Public Access and
 * GetBucketPolicyStatus see it: an Allow whose principals are not all fixed and that no condition pins to
 * fixed networks or keys. A wildcard anywhere in a principal makes it not fixed, one in a role session's
 * name too. Actions and resources do not matter
 * (https://www.alibabacloud.com/help/en/oss/user-guide/block-public-access).
 */
export function isPublicStatement(statement: PolicyStatement): boolean {
  if (statement.effect === 'Deny' || statement.principals === undefined) return false;
  const { negated, values } = statement.principals;
  if (!negated && !values.some(hasWildcard)) return false;
  return !statement.conditions.some(pins);
}

function pins({ operator, key, values }: Condition): boolean {
  if (PINNED_BY_VALUE.has(key) && EXACT_OPERATORS.has(operator)) {
    // Empty text stands for a request through no VPC at all.
    return values.every((value) => value !== '' && !hasWildcard(value));
  }
  if (PINNED_BY_ADDRESS.has(key) && ADDRESS_OPERATORS.has(operator)) {
    return values.every((value) => {
      const range = parseIpRange(value);
      return range?.prefix !== undefined && range.prefix >= (range.family === 4 ? 8 : 32);
    });
  }
  return false;
}
