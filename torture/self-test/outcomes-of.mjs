/**
 * @import { SelfTestOutcome } from './self-test.mjs'
 */

/**
 * Does checks that throw when something is not as it should be, one after another.
 * @param {Readonly<Record<string, () => void | Promise<void>>>} checks by what must be so
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
export async function* outcomesOf(checks) {
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      yield { name, isRight: true };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      yield { name, isRight: false, detail };
    }
  }
}
