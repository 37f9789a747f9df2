import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lastEntry,
  parseConfigurationFile,
  profileNames,
  sectionTitle,
} from './configuration-file.js';
import { normalizeKey } from './configuration-key.js';
import { parseValue, writeValue } from './configuration-line.js';
import { resolveProfile } from './profile.js';

const parse = (...lines: string[]) => parseConfigurationFile(lines.join('\n'), 'conf');
const read = (key: string, ...lines: string[]) =>
  resolveProfile(parse(...lines), 'default').entry(key)?.value;

describe('a key', () => {
  it.each([
    'accesskeyid',
    'accessKeyId',
    'access-key-id',
    'access_key_id',
    'ACCESS-KEY-ID',
    'accessKeyID',
  ])('may be written %s', (key) => {
    expect(read('access-key-id', '[default]', `${key}=AK`)).toBe('AK');
  });

  it('takes its last value, and keeps keys that nobody knows', () => {
    expect(read('region', 'region=a', 'Region=b')).toBe('b');
    expect(read('my-own-key', 'myOwnKey = 1')).toBe('1');
  });

  it('before the first section belongs to the default profile', () => {
    expect(read('region', 'region=cn-hangzhou', '[profile x]', 'region=other')).toBe('cn-hangzhou');
  });
});

describe('a value', () => {
  it.each([
    ['a = b ', 'b'],
    ['a=b=c', 'b=c'],
    ['a="b c"', 'b c'],
    ["a='b'", 'b'],
    ['a=`b "c" d`', 'b "c" d'],
    ['a="b # c" # comment', 'b # c'],
    ['a=b # comment', 'b'],
    ['a=b ; comment', 'b'],
    ['a=b#c', 'b#c'],
    ['a= # nothing', ''],
    ['a=', ''],
    ['a: b', 'b'],
    ['a=http://host:80/', 'http://host:80/'],
    ['a="unfinished', '"unfinished'],
    ['   a = indented', 'indented'],
  ])('in %j is %j', (line, value) => {
    const [section] = parse('[profile x]', line).sections;
    expect(lastEntry(section?.entries ?? [], 'a')?.value).toBe(value);
  });

  it('written down is read back, unless it spans lines', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        fc.pre(!/[\r\n]/.test(value) && !/(?=.*")(?=.*')(?=.*`)/.test(value));
        expect(parseValue(writeValue(value))).toBe(value);
      }),
    );
  });
});

describe('a line', () => {
  it('may be blank or a comment, and may end in CR LF after a byte order mark', () => {
    const file = parseConfigurationFile(
      '\ufeff[default]\r\n# c\r\n; c\r\n\r\nregion=r\r\n',
      'conf',
    );
    expect(resolveProfile(file, 'default').entry('region')).toEqual({
      key: 'region',
      value: 'r',
      line: 5,
    });
  });

  it.each([
    [['[default]', 'region'], 'conf:2: neither a [section] nor key=value: "region"'],
    [['endpoint http://h'], 'conf:1: neither a [section] nor key=value: "endpoint http://h"'],
    [['[default'], 'conf:1: unclosed section: [default'],
    [['[]'], 'conf:1: a section without a name'],
    [['# ok', '=x'], 'conf:2: a value without a key: "=x"'],
    [['[buckets b]', '  region=x'], 'conf:2: an indented line belongs under'],
    [['[buckets b]', 'one=x'], 'conf:2: the settings of bucket "one" go on indented lines'],
  ])('that makes no sense is named by file and line: %j', (lines, message) => {
    expect(() => parse(...lines)).toThrow(message);
  });

  it('of any kind is read or refused, never more', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseConfigurationFile(text, 'conf');
        } catch (error) {
          expect(String(error)).toContain('conf:');
        }
      }),
    );
  });
});

describe('a section', () => {
  it.each([
    ['default', 'profile', 'default'],
    ['DEFAULT', 'profile', 'default'],
    ['profile dev', 'profile', 'dev'],
    ['Profile  a.b', 'profile', 'a.b'],
    ['profile "a b"', 'profile', 'a b'],
    ['buckets dev-bucket', 'buckets', 'dev-bucket'],
    ['Credentials', 'credentials', ''],
    ['Bucket-Endpoint', 'bucket-endpoint', ''],
    ['Bucket-Cname', 'bucket-cname', ''],
    ['services x', 'unknown', ''],
    ['profile', 'unknown', ''],
  ])('[%s] is a %s section "%s"', (title, kind, name) => {
    expect(sectionTitle(title)).toEqual({ kind, name });
  });

  it('lists the settings of a bucket on indented lines', () => {
    const file = parse(
      '[buckets dev]',
      'bucket-hz-02 =',
      '  region=cn-hangzhou',
      '\tendpoint=test.com',
      '',
      'other =',
      '  region=cn-beijing',
    );
    const [section] = file.sections;
    expect([...(section?.nested.keys() ?? [])]).toEqual(['bucket-hz-02', 'other']);
    expect(section?.nested.get('bucket-hz-02')).toEqual([
      { key: 'region', value: 'cn-hangzhou', line: 3 },
      { key: 'endpoint', value: 'test.com', line: 4 },
    ]);
  });
});

describe('profiles', () => {
  const lines = [
    '[Credentials]',
    'accessKeyID=old',
    'stsToken=tok',
    '[profile cred]',
    'access-key-id=ak',
    'region=cred-region',
    '[profile dev]',
    'region=cn-hangzhou',
    'source-profile=CRED',
    '[default]',
    'access-key-id=new',
  ];

  it('are listed once each, in order, [Credentials] as the default one', () => {
    expect(profileNames(parse(...lines))).toEqual(['default', 'cred', 'dev']);
  });

  it('take what they lack from their source-profile', () => {
    const dev = resolveProfile(parse(...lines), 'Dev');
    expect(dev.entry('access-key-id')?.value).toBe('ak');
    expect(dev.entry('region')?.value).toBe('cn-hangzhou');
  });

  it('called default stand on the [Credentials] of 1.x', () => {
    expect(read('access-key-id', ...lines)).toBe('new');
    expect(read('sts-token', ...lines)).toBe('tok');
    expect(resolveProfile(parse(...lines), 'cred').entry('sts-token')).toBeUndefined();
  });

  it('count an empty value as absent', () => {
    expect(
      read('region', '[default]', 'region=', 'source-profile=b', '[profile b]', 'region=x'),
    ).toBe('x');
  });

  it.each([
    [['[default]', 'source-profile=nobody'], 'conf:2: source-profile "nobody" is not in the file'],
    [
      ['[default]', 'source-profile=b', '[profile b]', 'source-profile=Default'],
      'conf:4: source-profile "Default" leads back to itself',
    ],
  ])('refuse a source that makes no sense: %j', (source, message) => {
    expect(() => resolveProfile(parse(...source), 'default')).toThrow(message);
  });
});

describe('the comparison of keys', () => {
  it('ignores case, hyphens and underscores', () => {
    expect(normalizeKey('Access_Key-ID')).toBe('accesskeyid');
  });
});
