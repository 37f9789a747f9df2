import type { Output } from './output.js';

/** Something to do, and the sentence that tells of it. */
export interface Step {
  readonly done: string;
  readonly run: () => Promise<unknown>;
}

/**
 * Does one thing after the other, and prints what was done; also where one of them fails, so that nobody has to
 * guess how far it came. What it failed with is thrown then.
 */
export async function doInTurn(out: Output, steps: readonly Step[]): Promise<void> {
  const done: string[] = [];
  const tell = () => out.result({ Done: done }, () => done.join('\n'));
  try {
    for (const step of steps) {
      await step.run();
      done.push(step.done);
    }
  } catch (error) {
    if (done.length > 0) tell();
    throw error;
  }
  tell();
}
