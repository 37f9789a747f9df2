import { describe, expect, it } from 'vitest';
import { type PrincipalName, parsePrincipal, principalResource } from './named-principal.js';

const OWN = '1000000000000001';
const OTHER = '1000000000000002';
const USER = '200000000000000003';

const rows: readonly (readonly [text: string, of: PrincipalName, resource: string])[] = [
  ['anonymous', { kind: 'anonymous' }, 'anonymous'],
  ['root', { kind: 'root', account: OWN }, 'root'],
  [OWN, { kind: 'root', account: OWN }, 'root'],
  [`acs:ram::${OWN}:root`, { kind: 'root', account: OWN }, 'root'],
  ['alice', { kind: 'user', account: OWN, name: 'alice' }, 'user/alice'],
  ['user/alice', { kind: 'user', account: OWN, name: 'alice' }, 'user/alice'],
  [`user/${OTHER}`, { kind: 'user', account: OWN, name: OTHER }, `user/${OTHER}`],
  ['12345', { kind: 'user', account: OWN, name: '12345' }, 'user/12345'],
  [`acs:ram::${OWN}:user/alice`, { kind: 'user', account: OWN, name: 'alice' }, 'user/alice'],
  ['role/r', { kind: 'role', account: OWN, name: 'r', session: expect.any(String) }, 'role/r'],
  ['role/r/ss', { kind: 'role', account: OWN, name: 'r', session: 'ss' }, 'role/r'],
  [OTHER, { kind: 'root', account: OTHER }, 'another-account'],
  [USER, { kind: 'uid', user: USER }, 'another-account'],
  [`acs:ram::${OTHER}:root`, { kind: 'root', account: OTHER }, 'another-account'],
  [
    `acs:ram::${OTHER}:user/alice`,
    { kind: 'user', account: OTHER, name: 'alice' },
    'another-account',
  ],
  ...[`acs:ram::${OTHER}:role/r/ss`, `arn:sts::${OTHER}:assumed-role/r/ss`].map(
    (text) =>
      [
        text,
        { kind: 'role', account: OTHER, name: 'r', session: 'ss' },
        'another-account',
      ] as const,
  ),
];

describe('somebody named', () => {
  it.each(rows)('%s is read, and policies speak of it', (text, of, resource) => {
    const read = parsePrincipal(text, OWN, 'Principal');
    expect(read).toEqual(of);
    expect(principalResource(read, OWN)).toBe(resource);
  });

  it.each([
    ...['', '/', 'user/', 'user/a/b', 'role/', 'role/r/s/t', 'role/r/!', 'group/g', 'a/b'],
    ...[`acs:ram::${OTHER}:alice`, `acs:ram::${OTHER}:anonymous`, `acs:ram::${OTHER}:${OTHER}`],
    ...['acs:ram:::user/alice', 'acs:ram::*:user/alice', 'acs:ram::x:root', 'acs:oss::1:user/a'],
    ...[`arn:sts::${OTHER}:role/r/ss`, 'arn:sts::*:assumed-role/r/ss', `arn:sts::${OTHER}:root`],
  ])('%s is nobody', (text) => {
    expect(() => parsePrincipal(text, OWN, 'Principal')).toThrow('Principal');
  });
});
