import { describe, expect, it } from 'vitest';
import { nearestOf, readFlags, readListenAddress, UsageError } from './command-line.js';

const fallback = { host: '127.0.0.1', port: 9000 };

describe('an address to listen on', () => {
  it.each([
    ['', '127.0.0.1', 9000],
    ['0', '127.0.0.1', 0],
    ['8080', '127.0.0.1', 8080],
    [':8080', '127.0.0.1', 8080],
    ['0.0.0.0', '0.0.0.0', 9000],
    ['0.0.0.0:80', '0.0.0.0', 80],
    ['localhost', 'localhost', 9000],
    ['oss.example.com:443', 'oss.example.com', 443],
    ['[::1]', '::1', 9000],
    ['[::]:65535', '::', 65535],
  ])('%j is %s port %d', (text, host, port) => {
    expect(readListenAddress(text, fallback)).toEqual({ host, port });
  });

  it.each([
    '65536',
    'a:b',
    '::1',
    '[::1',
    'host:',
    'http://host',
    '[host]:1',
    '-1',
    '*:9000',
    'a b',
    'a/b',
  ])('%j is none', (text) => {
    expect(() => readListenAddress(text, fallback)).toThrow(UsageError);
  });
});

describe('flags', () => {
  const table = {
    name: { type: 'string' },
    also: { type: 'string', multiple: true },
    bare: { type: 'boolean', short: 'b' },
  } as const;

  it('are read with a space or an equals sign, and again where they may be', () => {
    expect(readFlags(['--name', 'a', '--also=b', '--also', 'c', '-b'], table)).toEqual({
      name: 'a',
      also: ['b', 'c'],
      bare: true,
    });
    expect(readFlags(['--name=a=b'], table)).toEqual({ name: 'a=b' });
    expect(readFlags([], table)).toEqual({});
  });

  it.each([
    [['--nam', 'x'], 'Did you mean --name?'],
    [['--nothing-like-it'], 'unknown flag: --nothing-like-it'],
    [['-x'], 'unknown flag: -x'],
    [['--toString'], 'unknown flag: --toString'],
    [['--name'], 'flag needs an argument: --name'],
    [['--bare=true'], 'flag takes no argument: --bare'],
    [['x'], 'unexpected argument: x'],
  ])('%j is refused', (args, message) => {
    expect(() => readFlags(args, table)).toThrow(UsageError);
    expect(() => readFlags(args, table)).toThrow(message);
  });
});

describe('the nearest word', () => {
  it.each([
    ['sevre', 'serve'],
    ['srv', 'serve'],
    ['hlp', 'help'],
    ['something', undefined],
  ])('to %s is %s', (given, nearest) => {
    expect(nearestOf(given, ['serve', 'dev', 'help', 'version'])).toBe(nearest);
  });
});
