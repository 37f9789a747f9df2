import { type KeyMetadata, KmsError } from '@openoss/kms';
import { describe, expect, it } from 'vitest';
import type { ExplainedRequest } from '../stages/authorize.js';
import { decideKey, type KeysAsked } from './key-decision.js';
import type { NeededKey } from './needed-key.js';

const account = '1234567890123456';
const toPut: NeededKey = {
  actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
  name: 'alias/photos',
  namedBy: 'request',
  chosen: { method: 'KMS', keyId: 'alias/photos' },
};
const toPutUnnamed: NeededKey = {
  ...toPut,
  name: undefined,
  namedBy: 'nobody',
  chosen: { method: 'KMS' },
};
const toGet: NeededKey = {
  actions: ['kms:Decrypt'],
  name: 'k',
  namedBy: 'object',
  chosen: undefined,
};

type Cause = Parameters<typeof KmsError.of>[0];

/** Keys that are all described so, or refused so. */
function keysOf(answer: Pick<KeyMetadata, 'state'> | Cause, areElsewhere = false): KeysAsked {
  return {
    areElsewhere,
    keysOf(of) {
      expect(of).toBe(account);
      if (answer === 'NotEnabled') throw KmsError.of(answer);
      return {
        describeKey: async () => {
          if (typeof answer === 'string') throw KmsError.of(answer);
          return { keyId: 'k', state: answer.state } as KeyMetadata;
        },
      };
    },
  };
}

/** What of the decision is told, and on which keys it was asked for. */
async function decide(
  need: NeededKey,
  keys: KeysAsked,
  { allowed = true, isAnonymous = false } = {},
) {
  const asked: string[] = [];
  const decision = await decideKey(
    need,
    keys,
    { account, isAnonymous },
    {
      explainKey(relativeId) {
        asked.push(relativeId);
        return { explanation: { verdict: { allowed } } } as unknown as ExplainedRequest;
      },
    },
  );
  const { explained, refusal, ...rest } = decision;
  return { ...rest, code: refusal?.kind, isDecided: explained !== undefined, asked };
}

describe('the key of a put', () => {
  it.each(['AliasNotFound', 'Locked', 'Unavailable', 'NotEnabled', 'CredentialsRefused'] as const)(
    'that cannot be looked up is decided about by nobody: %s',
    async (cause) => {
      const decided = await decide(toPut, keysOf(cause));
      expect(decided).toMatchObject({ isDecided: false, asked: [] });
      expect(decided.code).toBeDefined();
    },
  );

  it('says that the keyring is locked', async () => {
    expect((await decide(toPut, keysOf('Locked'))).code).toBe('KeyringLocked');
    expect((await decide(toPutUnnamed, keysOf('Locked'))).code).toBe('KeyringLocked');
  });

  it('that is not there yet is made here, and nowhere else', async () => {
    const here = await decide(toPutUnnamed, keysOf('AliasNotFound'));
    expect(here).toMatchObject({ isToBeMade: true, isDecided: true, code: undefined });
    expect(here.asked[0]).toMatch(/^key\/[0-9a-f-]{36}$/);
    const elsewhere = await decide(toPutUnnamed, keysOf('AliasNotFound', true));
    expect(elsewhere).toMatchObject({ isToBeMade: false, code: 'KmsAliasNotFound' });
  });

  it('is not looked up for whoever comes without an identity', async () => {
    const decided = await decide(toPut, keysOf('Locked'), { allowed: false, isAnonymous: true });
    expect(decided).toMatchObject({ isDecided: true, asked: ['key/*'], code: undefined });
  });

  it.each([
    ['Disabled', 'KmsKeyDisabled'],
    ['PendingDeletion', 'KmsKeyPendingDeletion'],
    ['PendingImport', 'KmsKeyPendingImport'],
    ['Enabled', undefined],
  ] as const)('that is %s is refused to whoever may use it', async (state, code) => {
    expect(await decide(toPut, keysOf({ state }))).toMatchObject({ keyId: 'k', state, code });
    const denied = await decide(toPut, keysOf({ state }), { allowed: false });
    expect(denied).toMatchObject({ state, code: undefined, isDecided: true });
    // Of the default key a data key is made first.
    const unnamed = await decide(toPutUnnamed, keysOf({ state }), { allowed: false });
    expect(unnamed.code).toBe(code);
  });
});

describe('the key of a get', () => {
  it('is decided about by the id that the object has, before it is looked up', async () => {
    for (const cause of ['Locked', 'Unavailable', 'KeyNotFound'] as const) {
      const denied = await decide(toGet, keysOf(cause), { allowed: false });
      expect(denied).toMatchObject({ asked: ['key/k'], code: undefined });
      expect((await decide(toGet, keysOf(cause))).code).toBeDefined();
    }
    expect(await decide(toGet, keysOf({ state: 'Disabled' }))).toMatchObject({
      code: 'KmsKeyDisabled',
      state: 'Disabled',
    });
  });
});
