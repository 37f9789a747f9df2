import { runPart } from './run-parts.mjs';

/**
 * @import { Part } from './options.mjs'
 * @import { PartResult } from './part-result.mjs'
 * @import { PartContext } from './run-parts.mjs'
 */

/**
 * Parts that take all the processors there are, and do not mind when they get less: nothing in them is
 * measured. They run in turn beside {@link WAITING}; all other parts have the machine to themselves,
 * for they look at how long something takes, or what a server holds.
 * @type {readonly Part[]}
 */
const COMPUTING = ['forgetting-disk', 'metadata-trace', 'faults', 'rot'];

/** Parts that mostly wait: for the disk, and for servers to start. @type {readonly Part[]} */
const WAITING = ['kill-loop', 'order'];

/**
 * Runs parts, those side by side that can be; returns their results in the order of `parts`.
 * @param {readonly Part[]} parts
 * @param {PartContext} context
 * @param {(result: PartResult) => void} onResult told of each when it is there
 * @returns {Promise<PartResult[]>}
 */
export async function runSchedule(parts, context, onResult) {
  /** @type {Map<Part, PartResult>} */
  const results = new Map();
  /** @param {(part: Part) => boolean} isChosen */
  const runInTurn = async (isChosen) => {
    for (const part of new Set(parts.filter(isChosen))) {
      const result = await runPart(part, context);
      results.set(part, result);
      onResult(result);
    }
  };
  await runInTurn((part) => part === 'self-test');
  await Promise.all([
    runInTurn((part) => WAITING.includes(part)),
    runInTurn((part) => COMPUTING.includes(part)),
  ]);
  await runInTurn((part) => !results.has(part));
  return parts.flatMap((part) => results.get(part) ?? []);
}
