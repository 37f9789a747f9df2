import { describe, expect, it } from 'vitest';
import { PAGE_KEYS, type Recipe, requestOf } from '../../bench/load/recipes.mjs';

function requests(recipe: Recipe, count: number) {
  return Array.from({ length: count }, (_, n) => requestOf(recipe, n));
}

describe('a recipe', () => {
  it('gives every put a key of its own, until the distinct ones are used up', () => {
    const recipe = {
      kind: 'put-objects',
      bucket: 'b',
      prefix: 'k/',
      first: 5,
      distinct: 100,
      bodyBytes: 1,
    } as const;
    const keys = requests(recipe, 101).map(({ key }) => key);
    expect(new Set(keys).size).toBe(100);
    expect([keys[0], keys[99], keys[100]]).toEqual(['k/000000005', 'k/000000104', keys[0]]);
  });

  it('visits every object that there is to get, in a scattered order', () => {
    const recipe = { kind: 'get-objects', bucket: 'b', prefix: '', distinct: 10_000 } as const;
    const keys = requests(recipe, 10_000).map(({ key }) => key ?? '');
    expect(new Set(keys).size).toBe(10_000);
    expect(keys).not.toEqual([...keys].sort());
  });

  it('asks for ranges that lie within the object, each part once', () => {
    const recipe = {
      kind: 'get-ranges',
      bucket: 'b',
      key: 'k',
      rangeBytes: 1024,
      objectBytes: 1024 * 1000 + 7,
    } as const;
    const ranges = requests(recipe, 1000).map(({ range }) => range ?? '');
    expect(new Set(ranges).size).toBe(1000);
    for (const range of ranges) {
      const [from = 0, to = 0] = range.replace('bytes=', '').split('-').map(Number);
      expect(to - from).toBe(1023);
      expect(to).toBeLessThan(recipe.objectBytes);
    }
  });

  it('begins listings where a full page is left', () => {
    const recipe = { kind: 'list-pages', bucket: 'b', prefix: 'p', distinct: 3000 } as const;
    for (const { query } of requests(recipe, 3000)) {
      const after = Number(query?.find(([name]) => name === 'start-after')?.[1].slice(1));
      expect(3000 - 1 - after).toBeGreaterThanOrEqual(PAGE_KEYS);
    }
  });
});
