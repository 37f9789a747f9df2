import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OssError } from '../errors/oss-error.js';
import { parseRequestTarget, percentDecode } from './request-target.js';

describe('a request target', () => {
  it.each([
    ['/', '/', []],
    ['/b/k', '/b/k', []],
    ['/b/k?', '/b/k', []],
    ['/b?acl', '/b', [['acl', null]]],
    ['/b?acl=', '/b', [['acl', '']]],
    [
      '/b?list-type=2&prefix=a%2Fb',
      '/b',
      [
        ['list-type', '2'],
        ['prefix', 'a/b'],
      ],
    ],
    ['/b?prefix=a+b', '/b', [['prefix', 'a b']]],
    ['/b?prefix=a%2Bb', '/b', [['prefix', 'a+b']]],
    ['/b?a=b=c', '/b', [['a', 'b=c']]],
    ['/b?&&a', '/b', [['a', null]]],
    ['/b?%E4%BD%A0=%E5%A5%BD', '/b', [['你', '好']]],
    ['http://oss.example/b/k?acl', '/b/k', [['acl', null]]],
    ['http://oss.example', '/', []],
  ])('%s', (target, path, query) => {
    expect(parseRequestTarget(target)).toEqual({ path, query });
  });

  it.each(['b/k', '*', 'ftp://x/y', '/b?a=%', '/b?%zz', '/b?a=%ff'])('%s is refused', (target) => {
    expect(() => parseRequestTarget(target)).toThrow(
      expect.objectContaining({ kind: 'InvalidUri' }),
    );
  });

  it('never fails with anything but a refusal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parseRequestTarget(text);
        } catch (error) {
          expect(error).toBeInstanceOf(OssError);
        }
      }),
    );
  });

  it('decodes what encodeURIComponent encodes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(percentDecode(encodeURIComponent(text))).toBe(text);
      }),
    );
  });
});
