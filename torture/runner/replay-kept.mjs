import { join } from 'node:path';
import { replayPureFuzz } from '../fuzz/run-pure-fuzz.mjs';
import { sendAgain } from '../fuzz/shrink-input.mjs';
import { replayOrder } from '../order/order-failure.mjs';
import { replayFailure } from '../recovery/failure-file.mjs';

/**
 * @import { WireFailure } from '../fuzz/fuzz-failure.mjs'
 * @import { PureFailure } from '../fuzz/run-pure-fuzz.mjs'
 * @import { OrderFailure } from '../order/order-failure.mjs'
 * @import { Failure } from '../recovery/failure-file.mjs'
 */

/** A violation that was kept. @typedef {Failure | OrderFailure | WireFailure | PureFailure} Kept */

/**
 * Looks at a violation again; returns what is wrong now.
 * @param {Kept} kept
 * @param {string} scratch
 * @returns {Promise<readonly string[]>}
 */
export async function replayKept(kept, scratch) {
  if (!('part' in kept)) return replayFailure(kept, scratch);
  switch (kept.part) {
    case 'order':
      return replayOrder(kept);
    case 'fuzz':
      return sendAgain(kept.input, join(scratch, 'data'));
    case 'pure-fuzz':
      return replayPureFuzz(kept);
  }
}
