/**
 * @module What a run of the load generator asks for, as data that goes from process to process: a
 * recipe says which request is the n-th.
 */

/**
 * Keys are `<prefix><nine digits>`, so that they sort by number and every head has the same length.
 *
 * @typedef {object} PutObjects
 * @property {'put-objects'} kind
 * @property {string} bucket
 * @property {string} prefix
 * @property {number} first the number of the first key
 * @property {number} distinct how many keys; after as many requests they are overwritten
 * @property {number} bodyBytes
 */

/**
 * @typedef {object} GetObjects
 * @property {'get-objects'} kind
 * @property {string} bucket
 * @property {string} prefix
 * @property {number} distinct how many keys there are; they are visited in a scattered order
 */

/**
 * Parts of one object, at scattered multiples of their length.
 *
 * @typedef {object} GetRanges
 * @property {'get-ranges'} kind
 * @property {string} bucket
 * @property {string} key
 * @property {number} rangeBytes
 * @property {number} objectBytes
 */

/**
 * Pages of 1,000 keys that begin after scattered ones.
 *
 * @typedef {object} ListPages
 * @property {'list-pages'} kind
 * @property {string} bucket
 * @property {string} prefix
 * @property {number} distinct how many keys are in the bucket
 */

/** @typedef {PutObjects | GetObjects | GetRanges | ListPages} Recipe */

/** Keys of one page of a listing, the most that OSS gives. */
export const PAGE_KEYS = 1000;

/** A prime that shares no factor with any round number: its multiples visit every residue. */
const STRIDE = 7_368_787;

/**
 * @param {string} prefix
 * @param {number} number below 10^9
 * @returns {string}
 */
export function numberedKey(prefix, number) {
  return `${prefix}${String(number).padStart(9, '0')}`;
}

/**
 * The n-th request of a recipe.
 *
 * @param {Recipe} recipe
 * @param {number} n from 0
 * @returns {import('./request-head.mjs').BenchRequest}
 */
export function requestOf(recipe, n) {
  const { bucket } = recipe;
  switch (recipe.kind) {
    case 'put-objects': {
      const key = numberedKey(recipe.prefix, recipe.first + (n % recipe.distinct));
      return { method: 'PUT', bucket, key, bodyBytes: recipe.bodyBytes };
    }
    case 'get-objects': {
      const key = numberedKey(recipe.prefix, (n * STRIDE) % recipe.distinct);
      return { method: 'GET', bucket, key };
    }
    case 'get-ranges': {
      const parts = Math.floor(recipe.objectBytes / recipe.rangeBytes);
      const from = ((n * STRIDE) % parts) * recipe.rangeBytes;
      const range = `bytes=${from}-${from + recipe.rangeBytes - 1}`;
      return { method: 'GET', bucket, key: recipe.key, range };
    }
    case 'list-pages': {
      // The last page must be a full one too.
      const starts = Math.max(1, recipe.distinct - PAGE_KEYS);
      const after = numberedKey(recipe.prefix, (n * STRIDE) % starts);
      const query = /** @type {const} */ ([
        ['list-type', '2'],
        ['max-keys', String(PAGE_KEYS)],
        ['start-after', after],
      ]);
      return { method: 'GET', bucket, query };
    }
  }
}
