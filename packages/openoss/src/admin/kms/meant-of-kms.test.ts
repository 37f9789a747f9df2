import { describe, expect, it } from 'vitest';
import { UsageError } from '../../command-line.js';
import { meantOfKms } from './meant-of-kms.js';

const id = '9468da86-3509-4f8d-a61e-6eab1eac0000';
const arn = `acs:kms:cn-hangzhou:1234567890123456:key/${id}`;
const meant = (typed: string) => meantOfKms(typed.split(' ')).join(' ');

describe('openoss admin key …', () => {
  it.each([
    `show ${id}`,
    'alias list',
    'alias create photos x',
    'rotate alias/photos',
    `rotation ${id} --off`,
    `schedule-deletion ${id} --days 7`,
    `cancel-deletion ${id}`,
    `enable ${id}`,
    `disable ${arn}`,
    'disable alias/photos --json',
    `enable --endpoint http://127.0.0.1:1 ${id}`,
    'disable key-hzz62f1cb66fa42qo1234',
    `delete ${id}`,
    'create --alias photos',
    'create --json --description x',
    'create --rotation-interval=7d',
  ])('%s is about a key of KMS', (typed) => {
    expect(meant(`key ${typed}`)).toBe(`kms ${typed}`);
  });

  it.each([
    'create',
    'create alice',
    'create --own',
    // Whatever it is to be, it names a user.
    'create alice --description x',
    'list',
    `list ${id}`,
    'enable LTAI5tExample',
    // The key of a user, whatever its id looks like; and the value of a flag.
    `enable alice ${id}`,
    `enable LTAI5tExample --access-key-id x --access-key-secret ${id}`,
    'delete LTAI5tExample',
    'enable',
    '--help',
    'frobnicate',
  ])('%s is about access keys, as ever', (typed) => {
    expect(meant(`key ${typed}`)).toBe(`key ${typed}`);
  });

  it.each([
    ['create alias/photos', 'openoss admin kms create --alias alias/photos'],
    [`list ${arn}`, `openoss admin kms show ${arn}`],
  ])('%s can be meant of neither', (typed, instead) => {
    expect(() => meant(`key ${typed}`)).toThrow(UsageError);
    expect(() => meant(`key ${typed}`)).toThrow(instead);
  });
});

it('key describe and kms describe are kms show, and other commands are what they are', () => {
  expect(meant(`key describe ${id}`)).toBe(`kms show ${id}`);
  expect(meant(`kms describe ${id}`)).toBe(`kms show ${id}`);
  expect(meant(`kms list ${id}`)).toBe(`kms list ${id}`);
  expect(meant('account key list 1')).toBe('account key list 1');
  expect(meantOfKms([])).toEqual([]);
});
