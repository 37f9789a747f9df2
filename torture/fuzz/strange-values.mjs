/**
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/** Values that programs stumble over, as byte strings. */
const STRANGE = [
  ...['', ' ', '\t', '0', '-0', '-1', '1', '1.5', '1e9', '0x10', '007', '+1', 'NaN', 'Infinity'],
  ...['9007199254740993', '18446744073709551615', '18446744073709551616', '9'.repeat(400)],
  ...[
    'true',
    'TRUE',
    'null',
    'undefined',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
  ],
  // UTF-8 that is none: overlong, a surrogate, past the end, cut off; and some that is.
  ...['\xc0\xaf', '\xe0\x80\xaf', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\xe4\xbd', '\xff', '\x80'],
  ...['\xe4\xbd\xa0', '\xf0\x9f\x98\x80', '\xef\xbf\xbe', '\xef\xbb\xbf', '\xe2\x80\xa8', '\xa0'],
  ...['%', '%0', '%zz', '%00', '%0a', '%0d%0a', '%25', '%2F', '%c0%af', '%ED%A0%80', '%E4%BD%A0'],
  ...['%F0%9F%98%80', '%ef%bf%bf', '+', '%u4f60', '&', '=', '==', '&&=', 'a=b=c', ';', ',', ',,'],
  ...['..', '../../x', '//', '/', '\\', '.', '*', '?', '"', "'", '`', '<', '>', '<x>&"', ']]>'],
  ...['<!--', '&#0;', '&lt;', '{}', '[]', 'a'.repeat(256), 'b'.repeat(1024), '\x7f'],
  ...['bytes=0-0', 'bytes=-1', 'bytes=5-1', 'bytes=0-', 'bytes=-', 'bytes=0-0,2-3', 'bytes= 1-2'],
  ...['bytes=99999999999999999999-', 'items=0-1', 'standard', 'url', 'Standard', 'Archive'],
  ...['Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT', '+275760-09-13T00:00:00Z'],
  ...['Sunday, 06-Nov-94 08:49:37 GMT', '19700101T000000Z', '20261399T999999Z', '2026-01-01'],
  ...['*', '"*"', 'W/"x"', '"d41d8cd98f00b204e9800998ecf8427e"', '1B2M2Y8AsgTpgAmY7PhCfg=='],
  ...[
    'chunked',
    'gzip, chunked',
    'identity',
    'close',
    'keep-alive',
    '100-continue',
    'identity;q=0',
  ],
];

/** Now and then one of these. */
const LARGE = [
  'c'.repeat(9000),
  '%41'.repeat(3000),
  'k=v&'.repeat(2000),
  '\xe4\xbd\xa0'.repeat(3000),
];

/**
 * A value that programs stumble over, as a byte string.
 * @param {SeededRandom} random
 */
export function strangeValue(random) {
  return random.chance(0.02) ? random.pick(LARGE) : random.pick(STRANGE);
}

/**
 * The text with something done to it, somewhere.
 * @param {SeededRandom} random
 * @param {string} text a byte string
 */
export function mutated(random, text) {
  const at = random.below(text.length + 1);
  const length = Math.min(text.length - at, random.pick([1, 1, 2, 8, text.length]));
  const before = text.slice(0, at);
  const rest = text.slice(at);
  switch (random.below(9)) {
    case 0:
      return strangeValue(random);
    case 1:
      return before + strangeValue(random) + rest;
    case 2:
      return before + rest.slice(length);
    case 3:
      return before + rest.slice(0, length).repeat(random.pick([2, 2, 3, 50])) + rest;
    case 4:
      return before + String.fromCharCode(random.below(256)) + rest.slice(1);
    case 5:
      return before + String.fromCharCode(random.below(256)) + rest;
    case 6:
      return text + text;
    case 7:
      return random.chance(0.5) ? text.toUpperCase() : text.toLowerCase();
    default:
      return before;
  }
}
