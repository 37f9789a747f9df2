import {
  type CompiledPolicy,
  type ExplainedStep,
  formatMismatch,
  formatResource,
  ossResource,
  type Verdict,
} from '@openoss/access';
import { arnOf, type Directory, type Permissions, RamError } from '@openoss/directory';
import { checkBucketName, checkObjectKey, OssError } from '@openoss/protocol';
import type { AccessExplainer, AccessInquiry, Answer, ExplainedPrincipal } from '@openoss/rpc';
import type { BucketRecord, ObjectStore } from '@openoss/storage';
import type { BoundHandler } from '../handler.js';
import type { ServedIdentities } from '../policy-language.js';
import {
  Authorizer,
  actionsAsked,
  bucketAsked,
  type ExplainedRequest,
  type ObjectAsked,
} from '../stages/authorize.js';
import { type InquiredAction, inquiredAction } from './inquired-action.js';
import { type InquiredResource, inquiredResource } from './inquired-resource.js';
import { StatementSources } from './statement-sources.js';
import { type ToldRequest, toldRequest } from './told-request.js';

/** What an explainer stands on. */
export interface ServedAccess {
  readonly store: Pick<ObjectStore, 'getBucket' | 'getObject'>;
  readonly directory: Directory;
  readonly identities: ServedIdentities;
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
    const resource = inquiredResource(inquiry.resource, { region, account });
    const asked = inquiredAction(inquiry.actions, resource);
    const operation = asked.handler?.operation.name ?? '';
    const told = toldRequest(inquiry.context, { operation, isSecure, now: now() });
    const { bucket: bucketName, key } = resource;
    const about: Answer = {
      Principal: shownPrincipal(principal),
      Resource: formatResource(ossResource({ region, account, bucket: bucketName, key })),
      Actions: asked.actions.map((Name) => ({ Name })),
    };
    const notes = { Notes: asked.notes.map((Text) => ({ Text })) };
    try {
      return { ...about, ...(await this.#decide(inquiry, resource, asked, told)), ...notes };
    } catch (error) {
      // What is refused before permissions are asked for: there is no such bucket, it is no name of one.
      if (!(error instanceof OssError)) throw error;
      const refused = { Decision: 'Refused', Allowed: false, Refusal: shownRefusal(error) };
      return { ...about, ...refused, Steps: [], Unanswered: [], ...notes };
    }
  }

  async #decide(
    { account, principal }: AccessInquiry,
    { bucket: bucketName, key }: InquiredResource,
    asked: InquiredAction,
    told: ToldRequest,
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
    const permissions: Permissions<CompiledPolicy> =
      principal.kind === 'anonymous'
        ? { granted: [], session: undefined }
        : await identities.permissions.of(principal);
    const sources = new StatementSources(identities.ram(account), permissions, {
      bucket: bucket?.policy,
      session: principal.kind === 'session' ? principal.sessionPolicy : undefined,
    });
    return {
      ...(await shownDecision(explained, sources)),
      Bucket: bucket && (await this.#shownBucket(bucket)),
      Object: key === undefined ? undefined : { Exists: kept !== undefined, Acl: kept?.acl },
    };
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

async function shownDecision(
  { explanation, refusal, unanswered }: ExplainedRequest,
  sources: StatementSources,
): Promise<Answer> {
  const { verdict, steps } = explanation;
  const { statement } = verdict;
  const { bucketStatement, action } = verdict.allowed ? {} : verdict;
  return {
    Decision: decisionOf(verdict),
    Allowed: verdict.allowed,
    Stage: verdict.stage,
    Action: action,
    Reason: reasonOf(verdict, steps),
    Refusal: refusal && shownRefusal(refusal),
    Statement: statement && (await sources.whole(statement)),
    BucketStatement: bucketStatement && (await sources.whole(bucketStatement)),
    Steps: steps.map((step) => shownStep(step, sources)),
    Unanswered: [...unanswered].map((Key) => ({ Key })),
  };
}

function decisionOf(verdict: Verdict): string {
  if (verdict.allowed) return 'Allow';
  return verdict.explicit ? 'ExplicitDeny' : 'ImplicitDeny';
}

/** What the stage says that decided: of what is allowed the first action's, of what is denied the denied one's. */
function reasonOf(verdict: Verdict, steps: readonly ExplainedStep[]): string | undefined {
  const action = verdict.allowed ? steps[0]?.action : verdict.action;
  return steps.find((step) => step.stage === verdict.stage && step.action === action)?.reason;
}

function shownStep(step: ExplainedStep, sources: StatementSources): Answer {
  return {
    Action: step.action,
    Stage: step.stage,
    Outcome: step.outcome,
    Reason: step.reason,
    Statements: step.statements.map(({ statement, mismatch }) => ({
      ...sources.nameOf(statement),
      Applies: mismatch === undefined,
      Mismatch: mismatch && formatMismatch(mismatch),
    })),
  };
}

function shownRefusal({ code, status, ec, message, groups }: OssError): Answer {
  return {
    Code: code,
    HttpStatus: status,
    EC: ec,
    Message: message,
    AccessDeniedDetail: groups.AccessDeniedDetail,
  };
}

function shownPrincipal(principal: ExplainedPrincipal): string {
  return principal.kind === 'anonymous' ? 'anonymous' : arnOf(principal);
}
