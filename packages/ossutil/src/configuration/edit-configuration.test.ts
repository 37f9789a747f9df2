import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfigurationFile } from './configuration-file.js';
import { editConfiguration } from './edit-configuration.js';
import { resolveProfile } from './profile.js';

const edit = (text: string, key: string, value: string, profile = 'default') =>
  editConfiguration(text, { profile, key, value });

const file = `# my file

[default]
  Region = cn-hangzhou   # near
my-own=kept

; second
[profile dev]
access_key_id="AK"

[buckets list]
one =
  region=x
`;

describe('setting a key', () => {
  it('changes that value and not a byte more', () => {
    expect(edit(file, 'region', 'cn-beijing')).toBe(file.replace('cn-hangzhou', 'cn-beijing'));
    expect(edit(file, 'access-key-id', 'NEW', 'DEV')).toBe(file.replace('"AK"', 'NEW'));
  });

  it('adds a new key at the end of its profile', () => {
    expect(edit(file, 'endpoint', 'http://h')).toBe(
      file.replace('my-own=kept\n', 'my-own=kept\nendpoint=http://h\n'),
    );
  });

  it('writes known keys in kebab case and others as they are given', () => {
    expect(edit('', 'accessKeyId', 'AK')).toBe('[default]\naccess-key-id=AK\n');
    expect(edit('', 'myKey', '1')).toBe('[default]\nmyKey=1\n');
  });

  it('creates the profile that is missing', () => {
    expect(edit('[default]\nregion=a', 'region', 'b', 'ops')).toBe(
      '[default]\nregion=a\n\n[profile ops]\nregion=b\n',
    );
  });

  it('leaves the last of several, which is the one that counts', () => {
    expect(edit('[default]\nregion=a\nREGION=b\n[default]\nregion=c\n', 'region', 'd')).toBe(
      '[default]\n[default]\nregion=d\n',
    );
  });

  it('finds the keys of the default profile before the first section and in [Credentials]', () => {
    expect(edit('region=a\n[profile x]\n', 'region', 'b')).toBe('region=b\n[profile x]\n');
    expect(edit('[Credentials]\naccessKeyID = a\n', 'access-key-id', 'b')).toBe(
      '[Credentials]\naccessKeyID = b\n',
    );
  });

  it('adds no key to [Credentials]', () => {
    expect(edit('[Credentials]\naccessKeyID=a\n', 'region', 'r')).toBe(
      '[Credentials]\naccessKeyID=a\n\n[default]\nregion=r\n',
    );
  });

  it('keeps the line ends of the file', () => {
    expect(edit('[default]\r\nregion=a\r\n', 'region', 'b')).toBe('[default]\r\nregion=b\r\n');
  });

  it('quotes what could not be read back otherwise', () => {
    expect(edit('', 'user-agent', 'a #b')).toBe('[default]\nuser-agent="a #b"\n');
  });
});

describe('deleting a key', () => {
  it('takes its line away and not a byte more', () => {
    expect(edit(file, 'region', '')).toBe(file.replace('  Region = cn-hangzhou   # near\n', ''));
    expect(edit(file, 'nothing', '')).toBe(file);
    expect(edit(file, 'region', '', 'dev')).toBe(file);
  });
});

describe('any edit', () => {
  it('is read back as it was meant, and touches no other profile', () => {
    const name = fc.constantFrom('default', 'dev', 'a.b', 'New One');
    const value = fc.string({ minLength: 1 }).filter((text) => !/[\r\n"'`]/.test(text));
    const key = fc.constantFrom('region', 'access-key-id', 'Own_Key');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, key, value), { maxLength: 6 }), (edits) => {
        const expected = new Map<string, string>();
        let text = file;
        for (const [profile, wanted, given] of edits) {
          text = editConfiguration(text, { profile, key: wanted, value: given });
          expected.set(`${profile}|${wanted}`, given);
        }
        const read = parseConfigurationFile(text, 'conf');
        for (const [where, given] of expected) {
          const [profile = '', wanted = ''] = where.split('|');
          expect(resolveProfile(read, profile).entry(wanted)?.value).toBe(given);
        }
        expect(resolveProfile(read, 'default').entry('my-own')?.value).toBe('kept');
      }),
    );
  });
});
