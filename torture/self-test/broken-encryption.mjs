import { join } from 'node:path';
import { openEmbeddedStore } from '@openoss/storage';
import { runKillLoop } from '../kill-loop/run-kill-loop.mjs';
import { lyingProxy } from './lying-proxy.mjs';

/**
 * @import { KillLoopOptions } from '../kill-loop/run-kill-loop.mjs'
 * @import { SelfTestOutcome } from './self-test.mjs'
 */

/** Preloaded into a server and its threads: what is said to be AES-256-GCM encrypts nothing. */
const NO_CIPHER = `data:text/javascript,${encodeURIComponent(`
  import crypto from 'node:crypto';
  import { syncBuiltinESMExports } from 'node:module';
  for (const name of ['createCipheriv', 'createDecipheriv']) {
    const real = crypto[name];
    crypto[name] = (algorithm, ...rest) => {
      const cipher = real(algorithm, ...rest);
      if (algorithm !== 'aes-256-gcm') return cipher;
      cipher.update = (bytes) => Buffer.from(bytes);
      cipher.final = () => Buffer.alloc(0);
      cipher.getAuthTag = () => Buffer.alloc(16);
      return cipher;
    };
  }
  syncBuiltinESMExports();
`)}`;

/**
 * Ways in which a server could cheat where something is encrypted, and what is to be found of each.
 * @type {Readonly<Record<string, Pick<KillLoopOptions, 'environment' | 'before' | 'betweenRounds'> & { readonly finds: RegExp }>>}
 */
const BROKEN = {
  'a server that stores in the clear what it says is encrypted': {
    environment: { NODE_OPTIONS: `--import=${NO_CIPHER}` },
    finds: /^what is to be encrypted is in the clear in .*(metadata\.mdb|blobs)/,
  },
  'a server that answers with another object': {
    before: (port) => lyingProxy(port, 'a read of another object'),
    finds: /^object torture\S* is .*; right would be /,
  },
  'a keyring that loses a key': {
    betweenRounds: loseKey,
    finds: /^(key key of writer .* is absent; right would be |the default key is gone$)/,
  },
};

/** What the keys begin with that are no account's: nobody can list them. */
const SERVICE = 'key/oss/';

/** A cheat may come to nothing that counts: there are more rounds. */
const KILLS = 20;

/**
 * Shows that the kill loop finds servers that cheat about encryption, side by side.
 * @param {Pick<KillLoopOptions, 'scratch' | 'failures'>} options
 * @returns {AsyncGenerator<SelfTestOutcome, void, undefined>}
 */
export async function* brokenEncryption({ scratch, failures }) {
  const loops = Object.entries(BROKEN).map(async ([name, { finds, ...broken }], number) => {
    const { violations } = await runKillLoop({
      ...broken,
      seed: `self-test: ${name}`,
      kills: KILLS,
      workers: 0,
      scratch: join(scratch, `broken-encryption-${number}`),
      failures,
    });
    const problems = violations.flatMap((violation) => violation.problems);
    return {
      name: `the kill loop finds ${name}`,
      isRight: problems.some((problem) => finds.test(problem)),
      detail: `it found ${problems.join('; ').slice(0, 2000) || 'nothing'}`,
    };
  });
  for (const loop of loops) yield await loop;
}

/**
 * Takes a key away, so that nothing but the key itself tells of it.
 * @param {string} directory
 */
async function loseKey(directory) {
  const store = await openEmbeddedStore({ directory });
  const room = store.room('kms');
  const entries = await room.list({ prefix: 'key/', limit: 100 });
  const [entry] = entries.filter(({ key }) => !key.startsWith(SERVICE));
  if (entry !== undefined) await room.delete(entry.key);
  await store.close();
}
