import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { runSchedule } from '../runner/run-schedule.mjs';
import { outcomesOf } from './outcomes-of.mjs';

/**
 * @import { Part } from '../runner/options.mjs'
 * @import { PartContext } from '../runner/run-parts.mjs'
 */

/** @type {readonly Part[]} */
const PARTS = ['kill-loop', 'forgetting-disk', 'faults', 'order', 'clients'];

/**
 * Runs a schedule of parts that do nothing, some of which cannot be run.
 * @param {readonly Part[]} broken
 */
async function schedule(broken) {
  /** @type {string[]} */
  const begun = [];
  /** @type {string[]} */
  const told = [];
  const error = await runSchedule(
    PARTS,
    /** @type {PartContext} */ ({}),
    ({ name }) => void told.push(name),
    async (name) => {
      begun.push(name);
      await delay(name === 'forgetting-disk' ? 30 : 5);
      if (broken.includes(name)) throw new Error(`no ${name}`);
      return { name, title: name, figures: {}, violations: [], milliseconds: 1 };
    },
  ).catch((error) => error);
  return { begun, told, error: error?.message };
}

/** That a part that cannot be run does not take with it what others have found. */
const CHECKS = {
  'parts run in turn and side by side, and each is told of': async () => {
    const order = ['kill-loop', 'order', 'forgetting-disk', 'faults', 'clients'];
    assert.deepEqual(await schedule([]), {
      begun: ['kill-loop', 'forgetting-disk', 'order', 'faults', 'clients'],
      told: order,
      error: undefined,
    });
  },
  'a part that cannot be run lets the one beside it finish, and begins no other': async () => {
    assert.deepEqual(await schedule(['kill-loop']), {
      begun: ['kill-loop', 'forgetting-disk'],
      told: ['forgetting-disk'],
      error: 'no kill-loop',
    });
  },
  'of several that cannot be run each is told of': async () => {
    const { told, error } = await schedule(['kill-loop', 'forgetting-disk']);
    assert.deepEqual([told, error], [[], 'Several parts could not be run']);
  },
};

export const scheduleChecks = () => outcomesOf(CHECKS);
