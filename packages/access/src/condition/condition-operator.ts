import { rememberLast } from '../text/remember-last.js';
import { compileWildcard } from '../text/wildcard.js';
import { isInRange, parseIpAddress, parseIpRange } from './ip-range.js';
import { parseIsoDate } from './iso-date.js';

/** Whether one value of a request matches any of the values a policy names. */
export type ValueMatcher = (actual: string) => boolean;

interface OperatorDescription {
  /** What a value has to be, for the refusal of one that is not. Undefined: any text is one. */
  readonly expects?: string;
  /** Whether a policy may name this value. */
  readonly accepts: (value: string) => boolean;
  readonly compile: (values: readonly string[]) => ValueMatcher;
  /** A negated operator holds where its positive one does not: also for a key the request does not have. */
  readonly negated?: true;
}

const readIpAddress = rememberLast(parseIpAddress);
const readIsoDate = rememberLast(parseIsoDate);

const DECIMAL = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
const TRUTH = /^(?:true|false)$/i;

const anyText = { accepts: () => true };

const equals: OperatorDescription = {
  ...anyText,
  compile: (values) => {
    const [only] = values;
    if (values.length === 1) return (actual) => actual === only;
    const set = new Set(values);
    return (actual) => set.has(actual);
  },
};

const equalsIgnoreCase: OperatorDescription = {
  ...anyText,
  compile: (values) => {
    const set = new Set(values.map((value) => value.toLowerCase()));
    return (actual) => set.has(actual.toLowerCase());
  },
};

const like: OperatorDescription = {
  ...anyText,
  compile: (values) => {
    const patterns = values.map(compileWildcard);
    return (actual) => patterns.some((matches) => matches(actual));
  },
};

const bool: OperatorDescription = {
  expects: 'true or false',
  accepts: (value) => TRUTH.test(value),
  compile: equalsIgnoreCase.compile,
};

const ipAddress: OperatorDescription = {
  expects: "an address, a CIDR block, or an IPv4 address with '*' for whole parts",
  accepts: (value) => parseIpRange(value) !== undefined,
  compile: (values) => {
    const ranges = values.map(parseIpRange).filter((range) => range !== undefined);
    return (actual) => {
      const address = readIpAddress(actual);
      return address !== undefined && ranges.some((range) => isInRange(range, address));
    };
  },
};

/** An operator on an order: a value that cannot be read, on either side, never compares. */
function ordered(
  expects: string,
  parse: (text: string) => number | undefined,
  compare: (actual: number, wanted: number) => boolean,
  read = parse,
): OperatorDescription {
  return {
    expects,
    accepts: (value) => parse(value) !== undefined,
    compile: (values) => {
      const wanted = values.map(parse).filter((value) => value !== undefined);
      return (actual) => {
        const value = read(actual);
        return value !== undefined && wanted.some((one) => compare(value, one));
      };
    },
  };
}

function parseNumber(text: string): number | undefined {
  return DECIMAL.test(text) ? Number(text) : undefined;
}

type Comparison = (actual: number, wanted: number) => boolean;
const numeric = (compare: Comparison) => ordered('a number', parseNumber, compare);
const date = (compare: Comparison) =>
  ordered('a date, or a time with its zone, in ISO 8601', parseIsoDate, compare, readIsoDate);
const not = (positive: OperatorDescription): OperatorDescription => ({
  ...positive,
  negated: true,
});

const same: Comparison = (actual, wanted) => actual === wanted;
const less: Comparison = (actual, wanted) => actual < wanted;
const lessOrSame: Comparison = (actual, wanted) => actual <= wanted;
const greater: Comparison = (actual, wanted) => actual > wanted;
const greaterOrSame: Comparison = (actual, wanted) => actual >= wanted;

const OPERATORS = {
  StringEquals: equals,
  StringNotEquals: not(equals),
  StringEqualsIgnoreCase: equalsIgnoreCase,
  StringNotEqualsIgnoreCase: not(equalsIgnoreCase),
  StringLike: like,
  StringNotLike: not(like),
  NumericEquals: numeric(same),
  NumericNotEquals: not(numeric(same)),
  NumericLessThan: numeric(less),
  NumericLessThanEquals: numeric(lessOrSame),
  NumericGreaterThan: numeric(greater),
  NumericGreaterThanEquals: numeric(greaterOrSame),
  DateEquals: date(same),
  DateNotEquals: not(date(same)),
  DateLessThan: date(less),
  DateLessThanEquals: date(lessOrSame),
  DateGreaterThan: date(greater),
  DateGreaterThanEquals: date(greaterOrSame),
  Bool: bool,
  IpAddress: ipAddress,
  NotIpAddress: not(ipAddress),
  // Listed without a word on what it adds. Every address of a block is in it here, so it adds nothing.
  IpAddressIncludeBorder: ipAddress,
  // Not listed by OSS, but sent by SDKs as the other half of the one above.
  NotIpAddressIncludeBorder: not(ipAddress),
} satisfies Readonly<Record<string, OperatorDescription>>;

/** An operator of a Condition element (oss-protocol.md, 4.4). */
export type ConditionOperator = keyof typeof OPERATORS;

/** The operators there are, in the order of the documentation. */
export const conditionOperators = Object.keys(OPERATORS) as readonly ConditionOperator[];

/** Whether there is an operator of this name; names are spelled as documented. */
export function isConditionOperator(name: string): name is ConditionOperator {
  return Object.hasOwn(OPERATORS, name);
}

/** What an operator holds of; `negated` turns the answer of `matches` around. */
export function describeOperator(operator: ConditionOperator): OperatorDescription {
  return OPERATORS[operator];
}
