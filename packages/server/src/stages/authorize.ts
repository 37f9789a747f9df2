import {
  type AccessQuestion,
  accessDeniedDetail,
  type BucketFacts,
  type CompiledPolicy,
  type Denial,
  type Denied,
  type Explanation,
  explain,
  judge,
  judgeBeforeObject,
  ossResource,
  type Verdict,
} from '@openoss/access';
import type { Directory, GrantedPolicy, PermissionFinder, Permissions } from '@openoss/directory';
import { type ErrorKind, type Operation, OssError } from '@openoss/protocol';
import type { Awaitable, BucketRecord, ObjectRecord } from '@openoss/storage';
import type { BoundHandler } from '../handler.js';
import type { Caller } from './authenticate.js';
import { bucketPolicyOf } from './bucket-policy.js';
import { isPublicAccessBlocked } from './public-access.js';
import { type RequestFacts, requestContext } from './request-context.js';

const DENIALS: Readonly<Record<Denial, ErrorKind>> = {
  'session-policy': 'DeniedBySessionPolicy',
  'identity-policy': 'DeniedByRamPolicy',
  'bucket-policy': 'DeniedByBucketPolicy',
  'both-policies': 'DeniedByBothPolicies',
  // What a RAM user sees who has no permission for it (the page of EC 0003-00000001).
  'no-permission': 'DeniedNotBucketOwner',
  'no-extra-permission': 'DeniedMissingPermission',
  'bucket-acl': 'DeniedByBucketAcl',
  'object-acl': 'DeniedByObjectAcl',
  'not-bucket-owner': 'DeniedNotBucketOwner',
  'anonymous-operation': 'DeniedAnonymousOperation',
  'anonymous-extra-action': 'DeniedAnonymousBucket',
};

/** What has a sentence of its own where nothing allows it (the table of OSS's page on 403 errors). */
const UNALLOWED: Readonly<Record<string, ErrorKind>> = {
  'oss:ListBuckets': 'DeniedListBuckets',
  'oss:GetObjectAcl': 'DeniedReadObjectAcl',
  'oss:GetObjectVersionAcl': 'DeniedReadObjectAcl',
  'oss:PutObjectAcl': 'DeniedWriteObjectAcl',
  'oss:PutObjectVersionAcl': 'DeniedWriteObjectAcl',
};

/** The actions that a request needs, the operation's own first. */
export function actionsOf(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
): readonly string[] {
  const actions: string[] = [];
  for (const { action, applies } of operation.actions) {
    if (applies === undefined || applies(input as never)) actions.push(action);
  }
  return actions;
}

/** The same, and what it takes besides to create the bucket where it is not there. */
export function actionsAsked(
  actions: readonly string[],
  { actionsToCreate }: Pick<BoundHandler, 'actionsToCreate'>,
  bucket: BucketRecord | undefined,
): readonly string[] {
  return bucket === undefined && actionsToCreate.length > 0
    ? [...actions, ...actionsToCreate]
    : actions;
}

/** The bucket that permissions are asked for: somebody else's says nothing about a new one of its name. */
export function bucketAsked(
  bucket: BucketRecord | undefined,
  { createsBucket }: Pick<BoundHandler, 'createsBucket'>,
  { principal }: Caller,
): BucketRecord | undefined {
  if (!createsBucket) return bucket;
  return principal.kind !== 'anonymous' && bucket?.owner === principal.account ? bucket : undefined;
}

/** What is decided of an object by. */
export type ObjectAsked = Pick<ObjectRecord, 'acl' | 'tags'>;

/** What is asked for, but for the object. */
export interface AuthorizedRequest {
  readonly caller: Caller;
  readonly actions: readonly string[];
  /** What the request names; the bucket need not be there. */
  readonly bucketName: string | undefined;
  readonly key: string | undefined;
  readonly bucket: BucketRecord | undefined;
  readonly region: string;
  /** Made when a condition may ask for it. */
  readonly facts: () => RequestFacts;
}

/** The policies that a request is decided by. */
interface AskedPolicies {
  /** As the directory granted them. */
  readonly granted: readonly GrantedPolicy<CompiledPolicy>[];
  readonly identity: readonly CompiledPolicy[];
  readonly session: CompiledPolicy | undefined;
  readonly bucket: CompiledPolicy | undefined;
}

/** Finds what decides about requests. */
export class Authorizer {
  readonly #directory: Directory;
  readonly #permissions: PermissionFinder<CompiledPolicy>;

  constructor(directory: Directory, permissions: PermissionFinder<CompiledPolicy>) {
    this.#directory = directory;
    this.#permissions = permissions;
  }

  /** At once where an account asks about what is its own, and no policy speaks. */
  prepare(request: AuthorizedRequest): Awaitable<Authorization> {
    const { caller, bucket } = request;
    const { principal } = caller;
    const bucketPolicy = bucket === undefined ? undefined : bucketPolicyOf(bucket);
    const isOwner =
      principal.kind === 'account' && (bucket === undefined || bucket.owner === principal.account);
    if (isOwner && bucketPolicy === undefined) return new Authorization(request, undefined, false);
    const blocked =
      bucket !== undefined && isPublicAccessBlocked(this.#directory, bucket, caller.hasLooked);
    // From memory, nearly always: a promise more costs a RAM user's request as much as its policies.
    return typeof blocked === 'boolean'
      ? this.#lookUp(request, bucketPolicy, blocked)
      : blocked.then((isBlocked) => this.#lookUp(request, bucketPolicy, isBlocked));
  }

  #lookUp(
    request: AuthorizedRequest,
    bucket: CompiledPolicy | undefined,
    blocksPublicAccess: boolean,
  ): Awaitable<Authorization> {
    const { principal, hasLooked } = request.caller;
    if (principal.kind === 'anonymous' || principal.kind === 'account') {
      const asked = bucket && {
        granted: NOTHING_GRANTED,
        identity: NO_POLICIES,
        session: undefined,
        bucket,
      };
      return new Authorization(request, asked, blocksPublicAccess);
    }
    const authorization = ({ granted, session }: Permissions<CompiledPolicy>) =>
      new Authorization(
        request,
        { granted, identity: policiesOf(granted), session, bucket },
        blocksPublicAccess,
      );
    const found = this.#permissions.of(principal, hasLooked);
    return found instanceof Promise ? found.then(authorization) : authorization(found);
  }
}

/** A decision about one object, laid open. */
export interface ExplainedRequest {
  readonly explanation: Explanation;
  /** What whoever makes the request is told; undefined where it is allowed. */
  readonly refusal: OssError | undefined;
  /** The condition keys that were asked for in vain. */
  readonly unanswered: ReadonlySet<string>;
}

/** One request's: may it be done, and to which objects? */
export class Authorization {
  readonly #request: AuthorizedRequest;
  readonly #policies: AskedPolicies | undefined;
  readonly #bucket: BucketFacts | undefined;
  readonly #facts: RequestFacts | undefined;
  readonly #dependsOnTags: boolean;
  #verdict: Verdict | undefined;
  #denied: Denied | undefined;
  #decidedAction: string | undefined;

  constructor(
    request: AuthorizedRequest,
    policies: AskedPolicies | undefined,
    blocksPublicAccess: boolean,
  ) {
    const { bucket } = request;
    this.#request = request;
    this.#policies = policies;
    this.#bucket = bucket && {
      owner: bucket.owner,
      acl: bucket.acl,
      policy: policies?.bucket,
      blocksPublicAccess,
    };
    this.#facts = policies && request.facts();
    this.#dependsOnTags = policies !== undefined && asks(policies, asksForObjectTags);
  }

  /** What was decided last; of many objects the first denial, which ends the request. */
  get verdict(): Verdict | undefined {
    return this.#denied ?? this.#verdict;
  }

  /** The action that was decided: the operation's own, unless the request came down to another. */
  get action(): string | undefined {
    return this.#decidedAction ?? this.#request.actions[0];
  }

  /** The RAM policies that were asked. */
  get granted(): readonly GrantedPolicy<CompiledPolicy>[] {
    return this.#policies?.granted ?? NOTHING_GRANTED;
  }

  /** The UID of the account that owns the bucket. */
  get bucketOwner(): string | undefined {
    return this.#bucket?.owner;
  }

  /** Whether policies ask for the tags that the request sets, wherever it has them. */
  get dependsOnRequestTags(): boolean {
    return this.#policies !== undefined && asks(this.#policies, asksForRequestTags);
  }

  /**
   * Decides what can be decided without the object, and throws the denial; false if the object has to
   * be known.
   */
  isAllowedWithoutObject(): boolean {
    if (this.#dependsOnTags) return false;
    const verdict = judgeBeforeObject(this.#question(this.#request.key, undefined));
    this.#throwDenial(verdict);
    return verdict !== undefined;
  }

  /**
   * For an operation on many objects: throws the denial of what nobody but ACLs could allow, before
   * anything is read. Policies are asked for each object.
   */
  checkBucket(): void {
    if (this.#policies === undefined) this.checkObject(undefined, undefined);
  }

  /** Throws the denial of whoever comes without an identity, who may use no key of KMS, whichever it is. */
  checkIdentity(actions: readonly string[]): void {
    if (this.#request.caller.principal.kind === 'anonymous') this.checkKey('*', actions);
  }

  /**
   * Throws the denial if who asks may not do this with a key of KMS. The key is the account's that owns
   * the bucket; nothing but ownership, RAM policies and the session policy speaks of it.
   */
  checkKey(keyId: string, actions: readonly string[]): void {
    const { principal } = this.#request.caller;
    if (principal.kind === 'account' && principal.account === this.#owner) return;
    const verdict = judge(this.#keyQuestion(`key/${keyId}`, actions));
    if (verdict.allowed) return;
    this.#denied ??= verdict;
    throw denialOf(this.#request, verdict, 'DeniedByKms');
  }

  /** Throws the denial if the request may not be done to this object (undefined: there is none of this key). */
  checkObject(key: string | undefined, object: ObjectAsked | undefined): void {
    this.#throwDenial(judge(this.#question(key, object)));
  }

  /** Whether the caller may do this as well to what the request names, for what depends on it. */
  allows(action: string, object: ObjectRecord | undefined): boolean {
    return judge(this.#question(this.#request.key, object, [action])).allowed;
  }

  /** The same where the whole request comes down to this action: it is what is told to have been decided. */
  decides(action: string, object: ObjectRecord | undefined): boolean {
    const verdict = judge(this.#question(this.#request.key, object, [action]));
    this.#decidedAction = action;
    this.#verdict = verdict;
    if (!verdict.allowed) this.#denied ??= verdict;
    return verdict.allowed;
  }

  /** What {@link checkObject} decides, how that comes about, and what it throws. */
  explainObject(key: string | undefined, object: ObjectAsked | undefined): ExplainedRequest {
    return this.#explained(this.#question(key, object));
  }

  /** The same of {@link checkKey}, for what KMS calls by this name: `key/<id>`. */
  explainKey(relativeId: string, actions: readonly string[]): ExplainedRequest {
    return this.#explained(this.#keyQuestion(relativeId, actions), 'DeniedByKms');
  }

  #explained(question: AccessQuestion, kind?: ErrorKind): ExplainedRequest {
    const unanswered = new Set<string>();
    const { context } = question;
    const explanation = explain({
      ...question,
      context: (name) => {
        const answer = context?.(name);
        if (answer === undefined) unanswered.add(name);
        return answer;
      },
    });
    const { verdict } = explanation;
    const refusal = verdict.allowed ? undefined : denialOf(this.#request, verdict, kind);
    return { explanation, refusal, unanswered };
  }

  /** The account that owns what is asked for, also what is in no bucket. */
  get #owner(): string {
    const { principal } = this.#request.caller;
    return this.#bucket?.owner ?? (principal.kind === 'anonymous' ? '' : principal.account);
  }

  #keyQuestion(relativeId: string, actions: readonly string[]): AccessQuestion {
    const { caller, region } = this.#request;
    const account = this.#owner;
    return {
      principal: caller.principal,
      actions,
      resource: { service: 'kms', region, account, relativeId },
      bucket: { owner: account, acl: 'private' },
      identityPolicies: this.#policies?.identity,
      sessionPolicy: this.#policies?.session,
      context: this.#facts && requestContext(this.#facts, undefined),
    };
  }

  #question(
    key: string | undefined,
    object: ObjectAsked | undefined,
    actions = this.#request.actions,
  ): AccessQuestion {
    const { caller, region, bucketName } = this.#request;
    const { principal } = caller;
    const bucket = this.#bucket;
    const policies = this.#policies;
    if (policies === undefined || this.#facts === undefined) {
      return { principal, actions, bucket, object };
    }
    return {
      principal,
      actions,
      resource: ossResource({ region, account: this.#owner, bucket: bucketName, key }),
      bucket,
      object,
      identityPolicies: policies.identity,
      sessionPolicy: policies.session,
      context: requestContext(this.#facts, object),
    };
  }

  #throwDenial(verdict: Verdict | undefined): void {
    this.#verdict = verdict;
    if (verdict === undefined || verdict.allowed) return;
    this.#denied ??= verdict;
    throw denialOf(this.#request, verdict);
  }
}

const NO_POLICIES: readonly CompiledPolicy[] = [];
const NOTHING_GRANTED: readonly GrantedPolicy<CompiledPolicy>[] = [];
const listed = new WeakMap<readonly GrantedPolicy<CompiledPolicy>[], readonly CompiledPolicy[]>();

/** The policies alone; the directory hands out the same list as long as nothing changes. */
function policiesOf(granted: readonly GrantedPolicy<CompiledPolicy>[]): readonly CompiledPolicy[] {
  const known = listed.get(granted);
  if (known !== undefined) return known;
  const policies = granted.map(({ policy }) => policy);
  listed.set(granted, policies);
  return policies;
}

const asksForObjectTags = (policy: CompiledPolicy): boolean => policy.asksForObjectTags;
const asksForRequestTags = (policy: CompiledPolicy): boolean => policy.asksForRequestTags;

/** Whether something holds of any of the policies. */
function asks(
  { identity, session, bucket }: AskedPolicies,
  about: (policy: CompiledPolicy) => boolean,
): boolean {
  return (
    identity.some(about) ||
    (session !== undefined && about(session)) ||
    (bucket !== undefined && about(bucket))
  );
}

function denialOf(
  { caller, key }: AuthorizedRequest,
  denied: Denied,
  kind: ErrorKind = kindOf(denied, key !== undefined),
): OssError {
  const detail = accessDeniedDetail(caller.principal, denied);
  return new OssError(
    kind,
    detail === undefined ? {} : { groups: { AccessDeniedDetail: { ...detail } } },
  );
}

function kindOf({ denial, action }: Denied, isOfObject: boolean): ErrorKind {
  switch (denial) {
    case 'no-permission':
    case 'not-bucket-owner':
      return UNALLOWED[action] ?? (isOfObject ? 'DeniedMissingPermission' : DENIALS[denial]);
    case 'anonymous-operation':
      return (isOfObject ? UNALLOWED[action] : undefined) ?? DENIALS[denial];
    default:
      return DENIALS[denial];
  }
}
