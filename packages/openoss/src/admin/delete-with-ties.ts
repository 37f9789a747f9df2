import { ADMIN_STATUS } from './admin-command.js';
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
  const done: string[] = [];
  if (force) {
    for (const tie of await ties()) {
      await tie.undo();
      done.push(tie.done);
    }
  }
  try {
    await remove();
  } catch (error) {
    if (!(error instanceof Refused) || !error.code.startsWith('DeleteConflict.')) throw error;
    const inTheWay = (await ties()).map((tie) => tie.what);
    out.failure(
      { Code: error.code, Message: error.message, InTheWay: inTheWay },
      `${what} was not deleted, for it has\n${inTheWay.map((one) => `  ${one}\n`).join('')}Take them away, or delete everything with --force.`,
    );
    return ADMIN_STATUS.refused;
  }
  done.push(`Deleted ${what}.`);
  out.result({ Done: done }, () => done.join('\n'));
  return 0;
}
