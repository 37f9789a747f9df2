import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { checkOrder } from '../order/check-order.mjs';
import { orderFailureText, replayOrder } from '../order/order-failure.mjs';
import { runOrder } from '../order/run-order.mjs';
import { shrinkHistory } from '../order/shrink-history.mjs';
import { LIES, lyingProxy } from './lying-proxy.mjs';

/**
 * @import { RegisterOperation } from '../order/register.mjs'
 * @import { SelfTestOutcome } from './self-test.mjs'
 */

/** @param {string} etag @param {string} [tags] */
const object = (etag, tags = '') => /** @type {const} */ ({ makes: 'object', etag, tags });
const NOTHING = /** @type {const} */ ({ makes: 'nothing' });
const ANYTHING = /** @type {const} */ ({ is: 'anything' });

/**
 * @param {number} begin
 * @param {number} end
 * @param {Pick<RegisterOperation, 'saw' | 'effect'>} outcome
 * @param {boolean} [isCertain]
 * @returns {RegisterOperation}
 */
const operation = (begin, end, outcome, isCertain = true) => ({
  ...{ client: 0, what: 'an operation', begin, end, isCertain },
  ...outcome,
});
/** @param {number} begin @param {number} end @param {string} etag */
const put = (begin, end, etag) => operation(begin, end, { saw: ANYTHING, effect: object(etag) });
/** @param {number} begin @param {number} end @param {string} etag */
const create = (begin, end, etag) =>
  operation(begin, end, { saw: { is: 'absent' }, effect: object(etag) });
/** @param {number} begin @param {number} end @param {string} etag */
const lost = (begin, end, etag) =>
  operation(begin, end, { saw: ANYTHING, effect: object(etag) }, false);
/** @param {number} begin @param {number} end */
const remove = (begin, end) =>
  operation(begin, end, { saw: ANYTHING, effect: { makes: 'absent' } });
/** @param {number} begin @param {number} end @param {string | null} etag */
const get = (begin, end, etag) =>
  operation(begin, end, {
    saw: etag === null ? { is: 'absent' } : { is: 'object', etag },
    effect: NOTHING,
  });
/** @param {number} begin @param {number} end @param {string} tags */
const tag = (begin, end, tags) =>
  operation(begin, end, { saw: { is: 'present' }, effect: { makes: 'tags', tags } });

/** Histories, with whether they have an order. @type {Record<string, readonly [isOrdered: boolean, RegisterOperation[]]>} */
const HISTORIES = {
  'one after another': [true, [put(1, 2, 'a'), get(3, 4, 'a'), remove(5, 6), get(7, 8, null)]],
  'a put that is seen before it is acknowledged': [
    true,
    [put(1, 9, 'a'), get(2, 3, 'a'), get(4, 5, 'a')],
  ],
  'two puts at once, in either order': [
    true,
    [put(1, 5, 'a'), put(2, 6, 'b'), get(7, 8, 'a'), get(9, 10, 'a')],
  ],
  'a put without an answer that happened': [true, [lost(1, 9, 'a'), get(2, 3, 'a')]],
  'a put without an answer that did not': [true, [lost(1, 9, 'a'), get(10, 11, null)]],
  'a stale read': [false, [put(1, 2, 'a'), put(3, 4, 'b'), get(5, 6, 'a')]],
  'a read that goes back in time': [
    false,
    [put(1, 2, 'a'), put(3, 9, 'b'), get(4, 5, 'b'), get(6, 7, 'a')],
  ],
  'a lost update': [false, [put(1, 2, 'a'), put(3, 4, 'b'), get(5, 6, null)]],
  'two who were the first': [false, [create(1, 5, 'a'), create(2, 6, 'b')]],
  'a first one after another': [false, [put(1, 2, 'a'), create(3, 4, 'b')]],
  'a put without an answer that was seen and is gone': [
    false,
    [lost(1, 9, 'a'), get(2, 3, 'a'), get(10, 11, null)],
  ],
  'a put without an answer that happens after the server is dead': [
    false,
    [lost(1, 5, 'a'), get(6, 7, null), get(8, 9, 'a')],
  ],
  'a deletion that is undone': [
    false,
    [put(1, 2, 'a'), remove(3, 4), get(5, 6, null), get(7, 8, 'a')],
  ],
  'tags that outlive an overwriting': [
    false,
    [
      ...[put(1, 2, 'a'), tag(3, 4, 't'), put(5, 6, 'b')],
      operation(7, 8, { saw: { is: 'object', etag: 'b', tagged: true }, effect: NOTHING }),
    ],
  ],
  'tags of nothing': [false, [tag(1, 2, 't')]],
};

/** How many operations a lie has to be found out in. */
const OPERATIONS = 2000;

/**
 * Shows that the check of order tells histories that have one from such that have none, and that it
 * finds out a server that lies.
 * @param {object} options
 * @param {string} options.scratch
 * @param {string} options.failures
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
export async function* orderChecks({ scratch, failures }) {
  for (const [name, [isOrdered, operations]] of Object.entries(HISTORIES)) {
    const found = checkOrder(operations, [null]).isOrdered;
    yield {
      name: `order: ${name} ${isOrdered ? 'is accepted' : 'is refused'}`,
      isRight: found === isOrdered,
      detail: 'it is not so',
    };
  }
  yield shrinks();
  for (const lie of LIES) {
    const { violations } = await runOrder({
      seed: `self-test ${lie}`,
      operations: OPERATIONS,
      workers: 0,
      scratch: join(scratch, 'lying'),
      failures,
      before: (port) => lyingProxy(port, lie),
    });
    const isRight = violations.some(({ file }) => file !== undefined);
    yield { name: `order: ${lie} is found out`, isRight, detail: describe(violations) };
  }
}

/** @param {readonly { readonly problems: readonly string[] }[]} violations */
function describe(violations) {
  return violations.length === 0 ? 'nothing was found' : JSON.stringify(violations[0]?.problems);
}

/** Of a long history that has no order only what shows it is left, and a file shows the same. */
function shrinks() {
  const before = Array.from({ length: 200 }, (_, at) => put(at, at + 0.5, `before ${at}`));
  const stale = [put(300, 301, 'a'), put(302, 303, 'b'), get(304, 305, 'a'), get(304, 306, 'b')];
  const operations = [...before, ...stale];
  const { operations: left } = shrinkHistory({ initial: [null], operations });
  const about = { where: 'here', key: 'k', problems: [], initial: [null], operations };
  const replayed = replayOrder(JSON.parse(gunzipSync(orderFailureText(about)).toString()));
  return {
    name: 'order: of a history without one what shows it is left, and a file shows it again',
    isRight: left.length <= 3 && replayed.length === left.length + 1,
    detail: JSON.stringify(left),
  };
}
