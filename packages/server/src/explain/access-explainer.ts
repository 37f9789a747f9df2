import { formatResource, ossResource } from '@openoss/access';
import { type Directory, RamError } from '@openoss/directory';
import { DEFAULT_KEY_ALIAS } from '@openoss/kms';
import { checkBucketName, checkObjectKey, OssError } from '@openoss/protocol';
import {
  type AccessExplainer,
  type AccessInquiry,
  type Answer,
  type ExplainedPrincipal,
  RpcError,
} from '@openoss/rpc';
import type { BucketRecord, ObjectRecord, ObjectStore } from '@openoss/storage';
import type { BoundHandler } from '../handler.js';
import type { ServedIdentities } from '../policy-language.js';
import {
  Authorizer,
  actionsAsked,
  bucketAsked,
  type ExplainedRequest,
  type ObjectAsked,
} from '../stages/authorize.js';
import { foreignNotes, isForeign, shownPrincipal } from './explained-principal.js';
import { type InquiredAction, inquiredAction } from './inquired-action.js';
import { type InquiredResource, inquiredResource } from './inquired-resource.js';
import { decideKey, type KeyDecision, type KeysAsked } from './key-decision.js';
import { explainKmsActions, isOfKms } from './kms-actions.js';
import { keyToGet, keyToPut, type NeededKey } from './needed-key.js';
import { shownRefused, shownSteps, shownVerdict } from './shown-decision.js';
import { StatementSources } from './statement-sources.js';
import { type ToldRequest, toldRequest } from './told-request.js';

/** What an explainer stands on. */
export interface ServedAccess {
  readonly store: Pick<ObjectStore, 'getBucket' | 'getObject'>;
  readonly directory: Directory;
  readonly identities: ServedIdentities;
  readonly keys: KeysAsked;
  readonly region: string;
  /** Whether requests come over TLS. */
  readonly isSecure: boolean;
  readonly now: () => number;
}

/** An action that no served operation asks for first is taken for one on a bucket that has to be there. */
const UNSERVED: Pick<BoundHandler, 'bucketOptional' | 'actionsToCreate' | 'createsBucket'> = {
  bucketOptional: false,
  actionsToCreate: [],
  createsBucket: false,
};

/**
 * Explains decisions: it makes up the request that is asked about, and has the same Authorizer that decides
 * real ones decide it, on what is kept at that moment (docs/decisions/0008).
 */
export class ServedAccessExplainer implements AccessExplainer {
  readonly #served: ServedAccess;
  readonly #authorizer: Authorizer;

  constructor(served: ServedAccess) {
    this.#served = served;
    this.#authorizer = new Authorizer(served.directory, served.identities.permissions);
  }

  async explain(inquiry: AccessInquiry): Promise<Answer> {
    const { region, isSecure, now } = this.#served;
    const { account, principal } = inquiry;
    if (isOfKms(inquiry.actions)) {
      if (isForeign(principal, account)) throw elsewhere();
      return {
        Principal: shownPrincipal(principal),
        ...(await explainKmsActions(inquiry, this.#served, this.#authorizer)),
      };
    }
    const resource = inquiredResource(inquiry.resource, { region, account });
    const asked = inquiredAction(inquiry.actions, resource);
    const operation = asked.handler?.operation.name ?? '';
    const { bucket: bucketName, key } = resource;
    const about: Answer = {
      Principal: shownPrincipal(principal),
      Resource: formatResource(ossResource({ region, account, bucket: bucketName, key })),
      Actions: asked.actions.map((Name) => ({ Name })),
    };
    const notes = [...asked.notes, ...foreignNotes(inquiry)];
    try {
      const told = toldRequest(inquiry.context, { operation, isSecure, now: now() });
      const decided = await this.#decide(inquiry, resource, asked, told, notes);
      return { ...about, ...decided, Notes: notes.map((Text) => ({ Text })) };
    } catch (error) {
      // What is refused before permissions are asked for: a header, the name of a bucket, one that is not there.
      if (!(error instanceof OssError)) throw error;
      const Notes = [...asked.notes, ...foreignNotes(inquiry)].map((Text) => ({ Text }));
      return { ...about, ...shownRefused(error), Steps: [], Unanswered: [], Notes };
    }
  }

  async #decide(
    { account, principal }: AccessInquiry,
    { bucket: bucketName, key }: InquiredResource,
    asked: InquiredAction,
    told: ToldRequest,
    notes: string[],
  ): Promise<Answer> {
    if (bucketName !== undefined) checkBucketName(bucketName);
    if (key !== undefined) checkObjectKey(key);
    const { store, identities, region } = this.#served;
    const handler = asked.handler ?? UNSERVED;
    const bucket = bucketName === undefined ? undefined : await store.getBucket(bucketName);
    if (bucketName !== undefined && bucket === undefined && !handler.bucketOptional) {
      throw new OssError('NoSuchBucket', { details: { BucketName: bucketName } });
    }
    if (bucket !== undefined && bucket.owner !== account) {
      throw RamError.of('NoPermission', 'The bucket is of another account: only that may ask.');
    }
    const isOfAnother = isForeign(principal, account);
    // What others may do elsewhere their own policies decide, which are theirs to ask about.
    if (isOfAnother && (bucket === undefined || handler.createsBucket)) {
      throw elsewhere();
    }
    const caller = { principal, accessKeyId: told.facts.accessKeyId, hasLooked: false };
    const isThere = handler.createsBucket && bucket !== undefined;
    const needed = actionsAsked(asked.actions, handler, bucket);
    const actions = isThere ? actionsToRecreate(needed, principal) : needed;
    if (actions.length === 0) throw alreadyOwned(bucketName);
    const authorization = await this.#authorizer.prepare({
      caller,
      actions,
      bucketName,
      key,
      bucket: bucketAsked(bucket, handler, caller),
      region,
      facts: () => told.facts,
    });
    const kept =
      bucket === undefined || key === undefined ? undefined : await store.getObject(bucket, key);
    const decided = authorization.explainObject(key, withTags(kept, told));
    const explained =
      isThere && deniedAction(decided) === SETS_ACL
        ? { ...decided, refusal: alreadyOwned(bucketName) }
        : decided;
    const sources = await StatementSources.of(identities, account, principal, bucket?.policy);
    const about = {
      Bucket: bucket && (await this.#shownBucket(bucket)),
      Object: key === undefined ? undefined : { Exists: kept !== undefined, Acl: kept?.acl },
    };
    const { allowed } = explained.explanation.verdict;
    const alone = {
      ...(await shownVerdict(explained, sources)),
      ...shownSteps([explained], sources),
    };
    let need: NeededKey | undefined;
    try {
      need = neededKey(asked, told, bucket, kept);
    } catch (error) {
      // What it says of encryption does not go together, of which the handler tells whoever may put.
      if (!(error instanceof OssError)) throw error;
      return { ...alone, ...(allowed && shownRefused(error)), ...about };
    }
    if (need === undefined) return { ...alone, ...about };
    const asks = { account, isAnonymous: principal.kind === 'anonymous' };
    const ofKey = await decideKey(need, this.#served.keys, asks, authorization);
    notes.push(...notesOn(need, ofKey));
    const Key = await shownKey(need, ofKey, sources);
    if (!allowed) return { ...alone, Key, ...about };
    return { ...alone, ...(await shownTogether(explained, ofKey, sources)), Key, ...about };
  }

  async #shownBucket(bucket: BucketRecord): Promise<Answer> {
    const ofAccount = await this.#served.directory.blocksPublicAccess(bucket.owner);
    return {
      Name: bucket.name,
      Owner: bucket.owner,
      Acl: bucket.acl,
      HasPolicy: bucket.policy !== undefined,
      BlockPublicAccess:
        bucket.blocksPublicAccess === true ? 'Bucket' : ofAccount ? 'Account' : 'Off',
    };
  }
}

/** The refusal of a question about what another account may do elsewhere than to a bucket of this one. */
const elsewhere = (): RpcError =>
  RpcError.invalid(
    'Resource',
    'of what another account may do, only what it may do to a bucket of this account is explained',
  );

/** The key that the request takes besides; throws OssError for what cannot be encrypted so. */
function neededKey(
  { actions: [action] }: InquiredAction,
  { encryption }: ToldRequest,
  bucket: BucketRecord | undefined,
  kept: ObjectRecord | undefined,
): NeededKey | undefined {
  if (bucket === undefined) return undefined;
  if (action === 'oss:PutObject') return keyToPut(encryption, bucket);
  return action === 'oss:GetObject' ? keyToGet(kept) : undefined;
}

/** What becomes of a request that may be done to its object, for the sake of its key. */
async function shownTogether(
  ofObject: ExplainedRequest,
  { explained, refusal }: KeyDecision,
  sources: StatementSources,
): Promise<Answer> {
  const steps = shownSteps(explained === undefined ? [ofObject] : [ofObject, explained], sources);
  if (refusal !== undefined) return { ...steps, ...shownRefused(refusal) };
  if (explained === undefined || explained.explanation.verdict.allowed) return steps;
  return { ...steps, ...(await shownVerdict(explained, sources)) };
}

async function shownKey(
  { actions, name, namedBy }: NeededKey,
  { explained, keyId, state }: KeyDecision,
  sources: StatementSources,
): Promise<Answer> {
  const verdict = explained && (await shownVerdict(explained, sources));
  return {
    KeyId: keyId,
    Name: name ?? DEFAULT_KEY_ALIAS,
    NamedBy: namedBy,
    State: state,
    Actions: actions.map((Name) => ({ Name })),
    ...verdict,
    // That of the whole request says what is answered.
    Refusal: undefined,
  };
}

function notesOn({ namedBy }: NeededKey, { explained, isToBeMade }: KeyDecision): string[] {
  const notes: string[] = [];
  if (isToBeMade) {
    notes.push(
      `${DEFAULT_KEY_ALIAS} is made by the first put that needs it: no policy can name its id before.`,
    );
  }
  if (namedBy === 'object' && explained?.explanation.verdict.allowed === false) {
    notes.push('HeadObject and GetObjectMeta decrypt nothing, and need nothing of the key.');
  }
  return notes;
}

const SETS_ACL = 'oss:PutBucketAcl';

/**
 * What it takes to make a bucket again that the account has: what handlers/put-bucket.ts asks for. Users and
 * roles may only set its ACL so.
 */
function actionsToRecreate(
  actions: readonly string[],
  { kind }: ExplainedPrincipal,
): readonly string[] {
  if (kind === 'anonymous' || kind === 'account') return actions;
  return actions.filter((action) => action === SETS_ACL);
}

function deniedAction({ explanation: { verdict } }: ExplainedRequest): string | undefined {
  return verdict.allowed ? undefined : verdict.action;
}

function alreadyOwned(name: string | undefined): OssError {
  return new OssError('BucketAlreadyOwned', { details: { BucketName: name ?? '' } });
}

/** The object, with the tags that it is to have. */
function withTags(
  kept: ObjectAsked | undefined,
  { existingTags }: ToldRequest,
): ObjectAsked | undefined {
  if (existingTags.length === 0) return kept;
  const told = new Set(existingTags.map(([key]) => key));
  const others = (kept?.tags ?? []).filter(([key]) => !told.has(key));
  return { acl: kept?.acl ?? 'default', tags: [...others, ...existingTags] };
}
