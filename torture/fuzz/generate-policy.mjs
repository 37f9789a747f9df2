import { mutated, strangeValue } from './strange-values.mjs';

/**
 * @import { PolicyKind } from '@openoss/access'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/** The bucket that policies are put to, so that those who deny everything leave the others alone. */
export const RULED = 'ruled';

/** What stands in policies, and what looks like it. */
const ACTIONS = {
  good: [
    ...['oss:GetObject', 'oss:PutObject', 'oss:*', '*', 'oss:Get*', 'oss:?etObject'],
    ...['OSS:getobject', 'ram:CreateUser', 'sts:AssumeRole', `oss:${'*?'.repeat(40)}`],
  ],
  bad: ['oss:', ':', '', 'oss:Get Object', 'oss'],
};
const RESOURCES = {
  good: [
    ...['*', `acs:oss:*:*:${RULED}`, `acs:oss:*:*:${RULED}/*`, 'acs:oss:*:*:*', 'acs:oss:*:*:*/k?'],
    ...[`acs:oss:*:1000000000000001:${RULED}/${'*a'.repeat(300)}`, 'acs:*:*:*:*'],
  ],
  bad: ['acs:oss', '', 'acs:oss:*:*:', 'arn:aws:s3:::b/*'],
};
const PRINCIPALS = {
  good: [
    ...['*', '1000000000000001', '27737962156157000', 'arn:sts::1000000000000001:assumed-role/r/*'],
  ],
  bad: ['', 'alice', '1*', 'arn:sts::1:assumed-role/r'],
};
/** Operators by the kind of value that they compare. */
const CONDITIONS = [
  {
    operators: ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringLike'],
    values: ['private', 'a*', '*', '?', '', 'dir/', '$', 'x'.repeat(200)],
  },
  { operators: ['StringNotLike'], values: [`${'*a'.repeat(100)}b`, '?'.repeat(100)] },
  {
    operators: ['NumericEquals', 'NumericLessThan', 'NumericGreaterThanEquals'],
    values: ['1', '-1', '0.5', '100'],
  },
  {
    operators: ['DateLessThan', 'DateEquals'],
    values: ['2026-01-01T00:00:00Z', '2030-12-31T23:59:59Z'],
  },
  { operators: ['Bool'], values: ['true', 'false'] },
  {
    operators: ['IpAddress', 'NotIpAddress', 'IpAddressIncludeBorder'],
    values: ['10.0.0.0/8', '127.0.0.1', '::1/128', '0.0.0.0/0'],
  },
];
const BAD_VALUES = ['300.1.1.1', '10.0.0.0/33', '2026-13-01', '1e400', 'yes', '\u0000', '**'];
const KEYS = [
  ...['acs:SourceIp', 'acs:CurrentTime', 'acs:SecureTransport', 'acs:UserAgent', 'acs:AccessId'],
  ...['oss:Prefix', 'oss:Delimiter', 'oss:x-oss-object-acl', 'oss:ExistingObjectTag/a'],
  ...['oss:RequestObjectTag/a', 'oss:BucketTag/a', 'acs:SourceVpc'],
];
const BAD_NAMES = ['oss:', '__proto__', 'other:Key', 'toString', 'Null', ''];

/** Ways in which the text is hostile, or just wrong. @type {readonly ((text: string, random: SeededRandom) => string)[]} */
const WAYS = [
  (text, random) => mutated(random, text),
  (text, random) => mutated(random, mutated(random, text)),
  (text, random) => {
    const depth = random.pick([10, 12, 13, 500, 8000]);
    return text.replace(
      '"Condition":',
      `"Deep":${'['.repeat(depth)}${']'.repeat(depth)},"Condition":`,
    );
  },
  (text, random) => '[{"a":'.repeat(random.pick([6, 7, 2000])) + text,
  (text) => text.replace('"Effect"', '"Effect":"Deny","Effect"'),
  (text) => text.replace('"Version"', '"__proto__":{"Version":"1"},"Version"'),
  (text) => `\xef\xbb\xbf${text}`,
  (text) => text.replaceAll(':', ' :\n\t'),
  (text) => text.replaceAll('oss', '\\u006f\\u0073s'),
  (text) => text.replaceAll('*', '\\ud800'),
  (text, random) =>
    text.replace(/}$/, `,"Version":${random.pick(['1', 'null', '"2"', '[]', '{}'])}}`),
  (text, random) => text + ' '.repeat(random.pick([1, 16_384])),
  (text) => text.replace(/\[/, `[${'{"Effect":"Allow"},'.repeat(800)}`),
  () => '',
];

/**
 * A policy's text, mostly one of its kind, right or wrong, as a byte string.
 * @param {SeededRandom} random
 * @param {PolicyKind} kind
 */
export function generatePolicy(random, kind) {
  const statements = Array.from({ length: random.pick([1, 1, 2, 5, 20]) }, () =>
    statementOf(random, kind),
  );
  const text = JSON.stringify({
    Version: '1',
    Statement: statements.length === 1 && random.chance(0.5) ? statements[0] : statements,
  });
  return random.chance(0.6) ? text : random.pick(WAYS)(text, random);
}

/**
 * @param {SeededRandom} random
 * @param {PolicyKind} kind
 */
function statementOf(random, kind) {
  /** @type {Record<string, unknown>} */
  const statement = { Effect: oneOf(random, { good: ['Allow', 'Deny'], bad: ['allow', ''] }) };
  const not = () => (random.chance(0.15) ? 'Not' : '');
  statement[`${kind === 'trust' ? '' : not()}Action`] = some(random, ACTIONS);
  if (kind !== 'trust' || random.chance(BADLY)) {
    statement[`${not()}Resource`] = some(random, RESOURCES);
  }
  if (kind === 'bucket') {
    const principals = some(random, PRINCIPALS);
    statement[`${not()}Principal`] = typeof principals === 'string' ? [principals] : principals;
  }
  if (kind === 'trust') statement.Principal = { RAM: ['acs:ram::1000000000000001:root'] };
  if (random.chance(0.6)) {
    statement.Condition = Object.fromEntries(
      Array.from({ length: random.pick([1, 1, 3]) }, () => {
        const { operators, values } = random.pick(CONDITIONS);
        const key = oneOf(random, { good: KEYS, bad: BAD_NAMES });
        return [
          oneOf(random, { good: operators, bad: BAD_NAMES }),
          { [key]: some(random, { good: values, bad: BAD_VALUES }) },
        ];
      }),
    );
  }
  if (random.chance(BADLY)) statement[strangeValue(random)] = strangeValue(random);
  return statement;
}

/** How often a value is one that a policy may not have. */
const BADLY = 0.005;

/**
 * @typedef {object} Values
 * @property {readonly string[]} good
 * @property {readonly string[]} bad
 */

/**
 * @param {SeededRandom} random
 * @param {Values} values
 */
function oneOf(random, { good, bad }) {
  return random.pick(random.chance(BADLY) ? bad : good);
}

/**
 * One of them or several, and now and then something else.
 * @param {SeededRandom} random
 * @param {Values} values
 */
function some(random, values) {
  if (random.chance(BADLY)) return random.pick([null, 1, true, {}, [], [[]], strangeValue(random)]);
  if (random.chance(0.3)) return oneOf(random, values);
  return Array.from({ length: random.pick([1, 2, 8]) }, () => oneOf(random, values));
}
