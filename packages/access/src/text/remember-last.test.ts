import { describe, expect, it } from 'vitest';
import { rememberLast } from './remember-last.js';

describe('a reader that keeps what it read last', () => {
  it('reads once what is asked for several times in a row, and again what comes back later', () => {
    const read: string[] = [];
    const length = rememberLast((text: string) => {
      read.push(text);
      return text.length;
    });
    expect(['one', 'one', 'three', 'one'].map(length)).toEqual([3, 3, 5, 3]);
    expect(read).toEqual(['one', 'three', 'one']);
  });

  it('keeps that there is nothing to be read, too', () => {
    let reads = 0;
    const nothing = rememberLast((_: number) => {
      reads++;
      return undefined;
    });
    expect([nothing(Number.POSITIVE_INFINITY), nothing(Number.POSITIVE_INFINITY)]).toEqual([
      undefined,
      undefined,
    ]);
    expect(reads).toBe(1);
  });
});
