import { afterEach, describe, expect, it, vi } from 'vitest';
import { DataKeyCache } from './data-key-cache.js';

const key = (byte: number) => ({
  keyId: 'k',
  keyVersionId: 'v',
  plaintext: Buffer.alloc(32, byte),
});

/** How many copies of a data key were wiped since it is watched. */
function watchWipes(byte: number) {
  const real = Buffer.prototype.fill;
  let wipes = 0;
  vi.spyOn(Buffer.prototype, 'fill').mockImplementation(function (
    this: Buffer,
    ...args: unknown[]
  ) {
    if (this.length === 32 && this[0] === byte && args[0] === 0) wipes++;
    return Reflect.apply(real, this, args) as Buffer;
  } as typeof real);
  return () => wipes;
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('the cache of data keys', () => {
  it('gives a key for its ciphertext and context, as a copy', () => {
    const cache = new DataKeyCache(10, 1000, () => 0);
    const given = key(1);
    cache.put('blob', { a: 'b' }, given);
    given.plaintext.fill(0);
    const first = cache.get('blob', { a: 'b' });
    expect(first).toEqual(key(1));
    first?.plaintext.fill(0);
    expect(cache.get('blob', { a: 'b' })).toEqual(key(1));
    expect(cache.get('blob', {})).toBeUndefined();
    expect(cache.get('blo', { a: 'b' })).toBeUndefined();
    cache.clear();
  });

  it('wipes what is too old, too much, replaced or cleared', () => {
    let now = 0;
    const cache = new DataKeyCache(2, 1000, () => now);
    const wipes = watchWipes(1);
    cache.put('a', {}, key(1));
    cache.put('a', {}, key(1));
    expect(wipes()).toBe(1);
    cache.put('b', {}, key(2));
    cache.put('c', {}, key(3));
    expect(cache.size).toBe(2);
    expect(cache.get('a', {})).toBeUndefined();
    expect(wipes()).toBe(2);
    cache.put('d', {}, key(1));
    now = 1000;
    expect(cache.get('d', {})).toBeUndefined();
    expect(wipes()).toBe(3);
    cache.put('e', {}, key(1));
    cache.clear();
    expect(wipes()).toBe(4);
    expect(cache.size).toBe(0);
  });

  it('forgets by itself what nobody asks for', () => {
    vi.useFakeTimers();
    const cache = new DataKeyCache(10, 1000, Date.now);
    cache.put('a', {}, key(1));
    vi.advanceTimersByTime(500);
    cache.put('b', {}, key(2));
    vi.advanceTimersByTime(500);
    expect(cache.size).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(cache.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
