import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../errors/usage-error.js';
import type { FlagDefinition } from './flag-definition.js';
import { FlagTable } from './flag-table.js';
import { parseArguments } from './parse-arguments.js';

const own: FlagDefinition[] = [
  { name: 'key', type: 'string', help: '' },
  { name: 'body', type: 'string', help: '' },
  { name: 'metadata', type: 'stringArray', help: '' },
  { name: 'forbid-overwrite', type: 'bool', help: '', optionalBooleanToken: true },
];
const inherited: FlagDefinition[] = [
  { name: 'access-key-id', shorthand: 'i', type: 'string', help: '' },
  { name: 'sts-token', shorthand: 't', type: 'string', help: '' },
  { name: 'quiet', shorthand: 'q', type: 'bool', help: '' },
  { name: 'dry-run', shorthand: 'n', type: 'bool', help: '' },
  { name: 'retry-times', type: 'int', help: '', minimum: 0, defaultValue: '10' },
  { name: 'output-properties', type: 'strings', help: '' },
  { name: 'expires-duration', type: 'duration', help: '' },
];
const table = new FlagTable(own, inherited);
const parse = (...tokens: string[]) => parseArguments(tokens, table);

const failure = (...tokens: string[]): UsageError => {
  try {
    parse(...tokens);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`${tokens.join(' ')} was accepted`);
};

describe('a value of a flag', () => {
  it.each([
    [['--key', 'v']],
    [['--key=v']],
    [['a', '--key', 'v']],
    [['--key', 'first', '--key', 'v']],
  ])('is read from %j, the last one winning', (tokens) => {
    expect(parse(...tokens).string('key')).toBe('v');
  });

  it.each([[['-i', 'AK']], [['-i=AK']], [['-iAK']], [['-qi', 'AK']], [['-qiAK']], [['-qi=AK']]])(
    'is read from the shorthand in %j',
    (tokens) => {
      expect(parse(...tokens).string('access-key-id')).toBe('AK');
    },
  );

  it('is whatever stands next, also when it looks like a flag or ends the flags elsewhere', () => {
    expect(parse('--key', '-t').string('key')).toBe('-t');
    expect(parse('--key', '--').string('key')).toBe('--');
    expect(parse('--key', '--quiet').isSet('quiet')).toBe(false);
    expect(parse('-i', '-q').string('access-key-id')).toBe('-q');
  });

  it('may be empty and may hold further equals signs', () => {
    expect(parse('--key=').string('key')).toBe('');
    expect(parse('--key', '').string('key')).toBe('');
    expect(parse('--key=a=b').string('key')).toBe('a=b');
    expect(parse('-i==').string('access-key-id')).toBe('=');
  });

  it('is the equals sign itself in -i=, as in pflag', () => {
    expect(parse('-i=').string('access-key-id')).toBe('=');
  });

  it('is missing at the end of the line, in the words of pflag', () => {
    expect(failure('--key').message).toBe('flag needs an argument: --key');
    expect(failure('-i').message).toBe("flag needs an argument: 'i' in -i");
    expect(failure('-qi').message).toBe("flag needs an argument: 'i' in -i");
  });
});

describe('a boolean', () => {
  it.each(['1', 't', 'T', 'TRUE', 'true', 'True'])('is true with =%s', (text) => {
    expect(parse(`--quiet=${text}`).boolean('quiet')).toBe(true);
  });

  it.each(['0', 'f', 'F', 'FALSE', 'false', 'False'])('is false with =%s', (text) => {
    expect(parse(`--quiet=${text}`).boolean('quiet')).toBe(false);
    expect(parse(`-q=${text}`).boolean('quiet')).toBe(false);
  });

  it('is true when it stands alone, and takes nothing from the next argument', () => {
    const parsed = parse('--quiet', 'false');
    expect(parsed.boolean('quiet')).toBe(true);
    expect(parsed.positionals).toEqual(['false']);
  });

  it('may be combined with others under one dash', () => {
    const parsed = parse('-qn');
    expect([parsed.boolean('quiet'), parsed.boolean('dry-run')]).toEqual([true, true]);
  });

  it('refuses anything else in the words of Go', () => {
    expect(failure('--quiet=yes').message).toBe(
      'invalid argument "yes" for "-q, --quiet" flag: strconv.ParseBool: parsing "yes": invalid syntax',
    );
    expect(failure('--quiet=').message).toBe(
      'invalid argument "" for "-q, --quiet" flag: strconv.ParseBool: parsing "": invalid syntax',
    );
  });

  it('may take true or false from the next argument where its definition says so', () => {
    expect(parse('--forbid-overwrite').boolean('forbid-overwrite')).toBe(true);
    expect(parse('--forbid-overwrite', 'true').boolean('forbid-overwrite')).toBe(true);
    expect(parse('--forbid-overwrite', 'false').boolean('forbid-overwrite')).toBe(false);
    expect(parse('--forbid-overwrite=false').boolean('forbid-overwrite')).toBe(false);
    expect(parse('--forbid-overwrite', 'true').positionals).toEqual([]);
    expect(parse('--forbid-overwrite', 'falsehood').positionals).toEqual(['falsehood']);
    expect(parse('--forbid-overwrite', '--key', 'k').string('key')).toBe('k');
  });
});

describe('a number', () => {
  it.each([
    ['0', 0],
    ['10', 10],
    ['+7', 7],
    ['0x1F', 31],
    ['010', 8],
    ['0b11', 3],
    ['0o17', 15],
    ['1_000', 1000],
  ])('is read as Go reads %s', (text, value) => {
    expect(parse('--retry-times', text).integer('retry-times')).toBe(value);
  });

  it.each(['abc', '', '1.5', '1e3', '08', '1__0', '_1', '1_', '0x', ' 1', '٣'])(
    'refuses %j in the words of Go',
    (text) => {
      expect(failure(`--retry-times=${text}`).message).toBe(
        `invalid argument "${text}" for "--retry-times" flag: strconv.ParseInt: parsing "${text}": invalid syntax`,
      );
    },
  );

  it('refuses what is out of range', () => {
    expect(failure('--retry-times=99999999999999999999').message).toMatch(/value out of range$/);
    expect(failure('--retry-times=-1').message).toBe(
      'invalid argument "-1" for "--retry-times" flag: must be 0 or more',
    );
  });

  it('falls back to its default, which does not count as given', () => {
    const parsed = parse();
    expect(parsed.integer('retry-times')).toBe(10);
    expect(parsed.isSet('retry-times')).toBe(false);
  });
});

describe('a repeatable flag', () => {
  it('keeps every value in order; a stringArray takes commas literally', () => {
    expect(parse('--metadata', 'a=1,2', '--metadata=b').strings('metadata')).toEqual([
      'a=1,2',
      'b',
    ]);
  });

  it.each([
    ['a,b', ['a', 'b']],
    ['', []],
    ['a,', ['a', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"say ""hi"""', ['say "hi"']],
  ])('of type strings splits %j as CSV', (text, fields) => {
    expect(parse(`--output-properties=${text}`).strings('output-properties')).toEqual(fields);
  });

  it('of type strings adds the fields of every occurrence', () => {
    const parsed = parse('--output-properties', 'a,b', '--output-properties', 'c');
    expect(parsed.strings('output-properties')).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['a"b', 'parse error on line 1, column 2: bare " in non-quoted-field'],
    ['"a', 'parse error on line 1, column 3: extraneous or missing " in quoted-field'],
    ['"a"b', 'parse error on line 1, column 3: extraneous or missing " in quoted-field'],
  ])('of type strings refuses %j in the words of Go', (text, reason) => {
    expect(failure(`--output-properties=${text}`).message).toContain(reason);
  });
});

describe('a duration', () => {
  it.each([
    ['90', 90_000],
    ['1.5d', 129_600_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    ['1M', 2_592_000_000],
    ['1y', 31_536_000_000],
    ['2w', 1_209_600_000],
  ])('%s is %d milliseconds', (text, milliseconds) => {
    expect(parse('--expires-duration', text).duration('expires-duration')).toBe(milliseconds);
  });

  it.each(['', 'h', '1x', '1h30', '-1s', '1..5s', '1 h'])('refuses %j', (text) => {
    expect(failure(`--expires-duration=${text}`).message).toContain('time: invalid duration');
  });
});

describe('arguments beside the flags', () => {
  it('are collected in order, flags standing anywhere between them', () => {
    const parsed = parse('a', '--key', 'k', 'b', '-q', '-');
    expect(parsed.positionals).toEqual(['a', 'b', '-']);
  });

  it('are all that follows --', () => {
    expect(parse('-q', '--', '--key', '-x').positionals).toEqual(['--key', '-x']);
  });
});

describe('an unknown flag', () => {
  it('is refused in the words of pflag, the nearest one suggested', () => {
    expect(failure('--kye', 'x').message).toBe('unknown flag: --kye');
    expect(failure('--kye', 'x').advice).toBe('did you mean --key?');
    expect(failure('--meta=a').message).toBe('unknown flag: --meta');
    expect(failure('--meta=a').advice).toBe('did you mean --metadata?');
    expect(failure('--zzzzzzzz').advice).toBeUndefined();
  });

  it('is refused as a shorthand, with the letters left to read', () => {
    expect(failure('-x').message).toBe("unknown shorthand flag: 'x' in -x");
    expect(failure('-xyz').message).toBe("unknown shorthand flag: 'x' in -xyz");
    expect(failure('-qx').message).toBe("unknown shorthand flag: 'x' in -x");
    expect(failure('-key', 'x').advice).toBe('did you mean --key?');
  });

  it.each(['---key', '--=x', '---'])('with bad syntax is called so: %s', (token) => {
    expect(failure(token).message).toBe(`bad flag syntax: ${token}`);
  });
});

describe('a flag table', () => {
  it("lets a command's own flag hide a global one", () => {
    const hiding = new FlagTable([{ name: 'quiet', type: 'string', help: '' }], inherited);
    expect(parseArguments(['--quiet', 'x'], hiding).string('quiet')).toBe('x');
  });

  it('refuses a flag defined twice', () => {
    expect(() => new FlagTable([...own, { name: 'key', type: 'bool', help: '' }])).toThrow(
      TypeError,
    );
  });

  it('refuses to be read as another type', () => {
    expect(() => parse().boolean('key')).toThrow(TypeError);
    expect(() => parse().string('nonsense')).toThrow(TypeError);
  });
});

describe('any command line', () => {
  it('either parses or is refused as a usage error, and never loses an argument', () => {
    const token = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom('--key', '-i', '-q', '--', '-', '--quiet', '--key=v', '-qi', '--metadata'),
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 8 }), (tokens) => {
        try {
          const parsed = parse(...tokens);
          expect(parsed.positionals.length).toBeLessThanOrEqual(tokens.length);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });

  it('gives back any value written in any of the ways', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(parse('--key', value).string('key')).toBe(value);
        expect(parse(`--key=${value}`).string('key')).toBe(value);
        expect(parse('-i', value).string('access-key-id')).toBe(value);
      }),
    );
  });
});
