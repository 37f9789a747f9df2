import { ADMIN_STATUS } from './admin-command.js';
import { doInTurn } from './do-in-turn.js';
import type { Output } from './output.js';
import { Refused } from './rpc-caller.js';
import type { Tie } from './ties.js';

/**
 * Deletes something, or tells what stands in the way; with `force` that is taken away first, and told as well.
 * Returns the exit status.
 */
export async function deleteWithTies(options: {
  /** Such as `user alice`. */
  readonly what: string;
  readonly force: boolean;
  readonly ties: () => Promise<readonly Tie[]>;
  readonly remove: () => Promise<unknown>;
  readonly out: Output;
}): Promise<number> {
  const { what, force, ties, remove, out } = options;
  const first = force ? await ties() : [];
  try {
    await doInTurn(out, [...first, { done: `Deleted ${what}.`, run: remove }]);
    return 0;
  } catch (error) {
    if (!(error instanceof Refused) || !error.code.startsWith('DeleteConflict.')) throw error;
    const inTheWay = (await ties()).map((tie) => tie.what);
    out.failure(
      { Code: error.code, Message: error.message, InTheWay: inTheWay },
      `${what} was not deleted, for it has\n${inTheWay.map((one) => `  ${one}\n`).join('')}Take them away, or delete everything with --force.`,
    );
    return ADMIN_STATUS.refused;
  }
}
