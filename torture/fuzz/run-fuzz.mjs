import { runPureFuzz } from './run-pure-fuzz.mjs';
import { runWireFuzz } from './run-wire-fuzz.mjs';

/**
 * @import { WireFuzzOptions } from './run-wire-fuzz.mjs'
 */

/**
 * Fuzzes a server on the wire, and with as many inputs more the pure functions of the protocol.
 * @param {WireFuzzOptions} options
 */
export async function runFuzz(options) {
  const pure = runPureFuzz(options);
  options.say(
    `fuzz: ${pure.inputs} inputs to pure functions in ${Math.round(pure.milliseconds)} ms`,
  );
  const wire = await runWireFuzz(options);
  return { wire, pure, violations: [...pure.violations, ...wire.violations] };
}
