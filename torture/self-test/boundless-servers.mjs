import { join } from 'node:path';
import { COLLECTOR, runClients } from '../clients/run-clients.mjs';

/**
 * @import { ClientsOptions } from '../clients/run-clients.mjs'
 * @import { SelfTestOutcome } from './self-test.mjs'
 */

/**
 * @typedef {Pick<ClientsOptions, 'only' | 'flags' | 'environment' | 'patience'> & {
 *   readonly finds: RegExp }} Boundless
 */

/** Preloaded into a server, makes it leak a descriptor for each connection. */
const LEAK = `data:text/javascript,${encodeURIComponent(`
  import { subscribe } from 'node:diagnostics_channel';
  import { openSync } from 'node:fs';
  subscribe('net.server.socket', () => openSync('/dev/null'));
`)}`;

/**
 * Servers without one of their limits, and what is found of it.
 * @type {Readonly<Record<string, Boundless>>}
 */
const BOUNDLESS = {
  'a server that takes on every request': {
    only: ['overload'],
    flags: ['--max-requests', '100000'],
    finds: /one request too many: not 503/,
  },
  'a server that gives every reader large buffers': {
    only: ['readers'],
    flags: ['--transfer-mib', '100000'],
    patience: 7_000,
    finds: /memory grew by/,
  },
  'a server that waits for ever for the rest of an upload': {
    only: ['uploads'],
    flags: ['--idle-seconds', '3600'],
    patience: 4_000,
    finds: /has not given them up/,
  },
  'a server that leaks descriptors': {
    only: ['coming and going'],
    environment: { NODE_OPTIONS: `--import=${COLLECTOR} --import=${LEAK}` },
    patience: 1_000,
    finds: /descriptors stay open/,
  },
};

/**
 * Shows that the torture of clients finds servers that are not bounded, side by side: each is found out
 * by what it holds, not by how fast it is.
 * @param {string} scratch
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
export async function* boundlessServers(scratch) {
  const runs = Object.entries(BOUNDLESS).map(async ([name, { finds, ...broken }], number) => {
    const options = { seed: `self-test: ${name}`, full: false, say: () => {}, ...broken };
    const place = join(scratch, `boundless-${number}`);
    const { violations } = await runClients({ ...options, scratch: place });
    const problems = violations.flatMap((violation) => violation.problems);
    return {
      name: `the torture of clients finds ${name}`,
      isRight: problems.some((problem) => finds.test(problem)),
      detail: `it found ${problems.join('; ') || 'nothing'}`,
    };
  });
  for (const run of runs) yield await run;
}
