import { runPart } from './run-parts.mjs';

/**
 * @import { Part } from './options.mjs'
 * @import { PartResult } from './part-result.mjs'
 * @import { PartContext } from './run-parts.mjs'
 */

/**
 * Parts that take all the processors there are, and do not mind when they get less: no rule they check
 * is about time (the rates they report are those of a machine that is shared). They run in turn beside
 * {@link WAITING}; all other parts have the machine to themselves, for they look at how long something
 * takes, or what a server holds.
 * @type {readonly Part[]}
 */
const COMPUTING = ['forgetting-disk', 'metadata-trace', 'faults', 'rot'];

/** Parts that mostly wait: for the disk, and for servers to start. @type {readonly Part[]} */
const WAITING = ['kill-loop', 'order'];

/**
 * Runs parts, those side by side that can be. When one cannot be run, those under way go on to their
 * ends and are told of, no other is begun, and then it throws what that one threw.
 * @param {readonly Part[]} parts
 * @param {PartContext} context
 * @param {(result: PartResult) => void} onResult told of each when it is there
 * @param {typeof runPart} [run] runs one of them
 */
export async function runSchedule(parts, context, onResult, run = runPart) {
  /** @type {Set<Part>} */
  const done = new Set();
  /** @type {unknown[]} */
  const errors = [];
  /** @param {(part: Part) => boolean} isChosen */
  const runInTurn = async (isChosen) => {
    for (const part of new Set(parts.filter(isChosen))) {
      if (errors.length > 0) return;
      try {
        const result = await run(part, context);
        done.add(part);
        onResult(result);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await runInTurn((part) => part === 'self-test');
  await Promise.all([
    runInTurn((part) => WAITING.includes(part)),
    runInTurn((part) => COMPUTING.includes(part)),
  ]);
  await runInTurn((part) => !done.has(part));
  if (errors.length > 1) throw new AggregateError(errors, 'Several parts could not be run');
  if (errors.length === 1) throw errors[0];
}
