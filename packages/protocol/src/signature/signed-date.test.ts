import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBasicDate, formatHttpDate, parseBasicDate, parseHttpDate } from './signed-date.js';

const seconds = fc.integer({ min: 0, max: 253_402_300_799 }).map((second) => second * 1000);

describe('dates of a signature', () => {
  it('are written as the protocol has them', () => {
    const time = Date.UTC(2023, 11, 6, 6, 20, 57, 999);
    expect(formatBasicDate(time)).toBe('20231206T062057Z');
    expect(formatHttpDate(time)).toBe('Wed, 06 Dec 2023 06:20:57 GMT');
  });

  it('are read as they are written', () => {
    fc.assert(
      fc.property(seconds, (time) => {
        expect(parseBasicDate(formatBasicDate(time))).toBe(time);
        expect(parseHttpDate(formatHttpDate(time))).toBe(time);
      }),
    );
  });

  it.each([
    '',
    '20231216T162057',
    '20231216T162057z',
    '20231216 162057Z',
    '2023-12-16T16:20:57Z',
    '20231316T162057Z',
    '20230229T162057Z',
    '19000229T162057Z',
    '20231200T162057Z',
    '20231216T242057Z',
    '20231216T166057Z',
    '20231216T162060Z',
    '2023121６T162057Z',
    'Sat, 16 Dec 2023 16:20:57 GMT',
  ])('in ISO form are not %j', (text) => {
    expect(parseBasicDate(text)).toBeUndefined();
  });

  it.each([
    '',
    'Sat, 16 Dec 2023 16:20:57 UTC',
    'Sat, 6 Dec 2023 16:20:57 GMT',
    'Sat, 16 dec 2023 16:20:57 GMT',
    'Sat 16 Dec 2023  16:20:57 GMT',
    'Sat, 31 Nov 2023 16:20:57 GMT',
    'Sat, 16 Dec 2023 24:20:57 GMT',
    'Sat, 16-Dec-2023 16:20:57 GMT',
    '20231216T162057Z',
  ])('in HTTP form are not %j', (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  });

  it('know the 29 February of leap years', () => {
    expect(parseBasicDate('20240229T000000Z')).toBe(Date.UTC(2024, 1, 29));
    expect(parseBasicDate('20000229T000000Z')).toBe(Date.UTC(2000, 1, 29));
    expect(parseBasicDate('21000229T000000Z')).toBeUndefined();
  });
});
