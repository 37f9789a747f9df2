import type { Answer } from '../answer/answer-value.js';
import { NotAllowed } from '../authorize.js';
import type { Call } from '../operation/operation.js';

/**
 * What only the root access key may do: no policy can allow it, for whoever does it may do everything, for good.
 * Throws NotAllowed for all others.
 */
export function onlyRoot<Input>(
  run: (input: Input, call: Call) => Promise<Answer>,
): (input: Input, call: Call) => Promise<Answer> {
  return async (input, call) => {
    const { principal } = call.caller;
    if (principal.kind !== 'account' || principal.account !== call.directory.account) {
      throw new NotAllowed(undefined, undefined);
    }
    return run(input, call);
  };
}
