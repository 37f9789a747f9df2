import { randomUUID } from 'node:crypto';
import {
  DEFAULT_KEY_ALIAS,
  type KeyMetadata,
  type KeyService,
  type KeyState,
  KmsError,
} from '@openoss/kms';
import type { OssError } from '@openoss/protocol';
import { refusalOfKms } from '../encryption/kms-refusal.js';
import type { Authorization, ExplainedRequest } from '../stages/authorize.js';
import type { NeededKey } from './needed-key.js';

/** Where keys are looked for. */
export interface KeysAsked {
  /** Those of an account; throws KmsError where it has none. */
  keysOf(account: string): Pick<KeyService, 'describeKey'>;
  /** Whether another KMS has them. */
  readonly areElsewhere: boolean;
}

/** What is decided about the key of a request, in the order of encryption/object-encryption.ts. */
export interface KeyDecision {
  /** Undefined where the request is refused before. */
  readonly explained: ExplainedRequest | undefined;
  /** What the request is refused with although it may use the key, or because there is none. */
  readonly refusal: OssError | undefined;
  /** Undefined for a key that is not there. */
  readonly keyId: string | undefined;
  readonly state: KeyState | undefined;
  /** Whether it is the default key, and the first put is still to make it. */
  readonly isToBeMade: boolean;
}

/** A key as it is described, or why it cannot be. */
export type LookedUp =
  | { readonly found: KeyMetadata; readonly error?: undefined }
  | { readonly found?: undefined; readonly error: KmsError };

/** Looks a key up by any of its names. */
export async function lookUpKey(keys: KeysAsked, account: string, name: string): Promise<LookedUp> {
  try {
    return { found: await keys.keysOf(account).describeKey(name) };
  } catch (error) {
    if (error instanceof KmsError) return { error };
    throw error;
  }
}

type Decider = Pick<Authorization, 'explainKey'>;

/** Decides about the key of a request that is allowed otherwise. The account is the one that owns the bucket. */
export async function decideKey(
  need: NeededKey,
  keys: KeysAsked,
  asked: { readonly account: string; readonly isAnonymous: boolean },
  authorization: Decider,
): Promise<KeyDecision> {
  const { actions, name, chosen } = need;
  const isPut = chosen !== undefined;
  const nothing = { refusal: undefined, keyId: undefined, state: undefined, isToBeMade: false };
  // Whoever comes without an identity is refused whatever the key is.
  if (isPut && asked.isAnonymous) {
    return { ...nothing, explained: authorization.explainKey('key/*', actions) };
  }
  const { found, error } = await lookUpKey(keys, asked.account, name ?? DEFAULT_KEY_ALIAS);
  if (!isPut) {
    const explained = authorization.explainKey(`key/${name}`, actions);
    const { allowed } = explained.explanation.verdict;
    const unusable = allowed ? (error ?? unusableFor(found)) : undefined;
    const refusal = unusable && refusalOfKms(unusable, chosen);
    return { ...nothing, explained, refusal, keyId: name, state: found?.state };
  }
  if (found === undefined) {
    const isToBeMade = name === undefined && !keys.areElsewhere && error.reason === 'AliasNotFound';
    return isToBeMade
      ? // Under an id that nobody can know before.
        {
          ...nothing,
          explained: authorization.explainKey(`key/${randomUUID()}`, actions),
          isToBeMade,
        }
      : { ...nothing, explained: undefined, refusal: refusalOfKms(error, chosen) };
  }
  const { keyId, state } = found;
  const explained = authorization.explainKey(`key/${keyId}`, actions);
  const unusable = unusableFor(found);
  // A data key of the default key is made before anybody is asked whether it may be used.
  const counts = name === undefined || explained.explanation.verdict.allowed;
  const refusal = unusable && counts ? refusalOfKms(unusable, chosen) : undefined;
  return { ...nothing, explained, refusal, keyId, state };
}

/** How a key service refuses to use a key of this state. */
function unusableFor(
  { state }: Pick<KeyMetadata, 'state'> = { state: 'Enabled' },
): KmsError | undefined {
  return state === 'Enabled' ? undefined : KmsError.of(state);
}
