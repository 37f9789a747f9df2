import { withProgress } from '../runner/progress.mjs';
import { runPureFuzz } from './run-pure-fuzz.mjs';
import { runWireFuzz } from './run-wire-fuzz.mjs';

/**
 * @import { WireFuzzOptions } from './run-wire-fuzz.mjs'
 */

/**
 * Fuzzes a server on the wire, and with as many inputs more the pure functions of the protocol.
 * @param {Omit<WireFuzzOptions, 'onProgress'> & { readonly say: (line: string) => void }} options
 */
export async function runFuzz({ say, ...options }) {
  const told = { part: 'fuzz', target: options.inputs, say };
  const pure = await withProgress({ ...told, unit: 'inputs to pure functions' }, (onProgress) =>
    runPureFuzz({ ...options, onProgress }),
  );
  const wire = await withProgress({ ...told, unit: 'requests on the wire' }, (onProgress) =>
    runWireFuzz({ ...options, onProgress }),
  );
  return { wire, pure, violations: [...pure.violations, ...wire.violations] };
}
