import {
  type AccessQuestion,
  accessDeniedDetail,
  type BucketFacts,
  type CompiledPolicy,
  type Denial,
  type Denied,
  judge,
  judgeBeforeObject,
  ossResource,
  type Verdict,
} from '@openoss/access';
import type { Directory, GrantedPolicy, PermissionFinder } from '@openoss/directory';
import { type ErrorKind, type Operation, OssError } from '@openoss/protocol';
import type { Awaitable, BucketRecord, ObjectRecord } from '@openoss/storage';
import type { Caller } from './authenticate.js';
import { bucketPolicyOf } from './bucket-policy.js';
import { isPublicAccessBlocked } from './public-access.js';
import { EXISTING_TAG, REQUEST_TAG, type RequestFacts, requestContext } from './request-context.js';

const DENIALS: Readonly<Record<Denial, ErrorKind>> = {
  'session-policy': 'DeniedBySessionPolicy',
  'identity-policy': 'DeniedByRamPolicy',
  'bucket-policy': 'DeniedByBucketPolicy',
  'both-policies': 'DeniedByBothPolicies',
  // What a RAM user sees who has no permission for it (the page of EC 0003-00000001).
  'no-permission': 'DeniedNotBucketOwner',
  'no-extra-permission': 'DeniedExtraPermission',
  'bucket-acl': 'DeniedByBucketAcl',
  'object-acl': 'DeniedByObjectAcl',
  'not-bucket-owner': 'DeniedNotBucketOwner',
  'anonymous-operation': 'DeniedAnonymousOperation',
  'anonymous-extra-action': 'DeniedAnonymousBucket',
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
    return isOwner && bucketPolicy === undefined
      ? new Authorization(request, undefined, false)
      : this.#lookUp(request, bucketPolicy);
  }

  async #lookUp(
    request: AuthorizedRequest,
    bucketPolicy: CompiledPolicy | undefined,
  ): Promise<Authorization> {
    const { caller, bucket } = request;
    const { principal } = caller;
    const blocked = bucket !== undefined && isPublicAccessBlocked(this.#directory, bucket);
    const blocksPublicAccess = typeof blocked === 'boolean' ? blocked : await blocked;
    if (principal.kind === 'anonymous' || principal.kind === 'account') {
      const asked = bucketPolicy && {
        identity: NO_POLICIES,
        session: undefined,
        bucket: bucketPolicy,
      };
      return new Authorization(request, asked, blocksPublicAccess);
    }
    const found = this.#permissions.of(principal);
    const { granted, session } = found instanceof Promise ? await found : found;
    const asked = { identity: policiesOf(granted), session, bucket: bucketPolicy };
    return new Authorization(request, asked, blocksPublicAccess);
  }
}

/** One request's: may it be done, and to which objects? */
export class Authorization {
  readonly #request: AuthorizedRequest;
  readonly #policies: AskedPolicies | undefined;
  readonly #bucket: BucketFacts | undefined;
  readonly #facts: RequestFacts | undefined;
  readonly #dependsOnTags: boolean;

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
    this.#dependsOnTags = policies !== undefined && asksFor(policies, EXISTING_TAG);
  }

  /** Whether policies ask for the tags that the request sets, wherever it has them. */
  get dependsOnRequestTags(): boolean {
    return this.#policies !== undefined && asksFor(this.#policies, REQUEST_TAG);
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
  checkIdentity(): void {
    if (this.#request.caller.principal.kind === 'anonymous') throw new OssError('DeniedByKms');
  }

  /**
   * Throws the denial if who asks may not do this with a key of KMS. The key is the account's that owns
   * the bucket; nothing but ownership, RAM policies and the session policy speaks of it.
   */
  checkKey(keyId: string, actions: readonly string[]): void {
    const { caller, region } = this.#request;
    const { principal } = caller;
    const account = this.#bucket?.owner ?? '';
    if (principal.kind === 'account' && principal.account === account) return;
    const verdict = judge({
      principal,
      actions,
      resource: { service: 'kms', region, account, relativeId: `key/${keyId}` },
      bucket: { owner: account, acl: 'private' },
      identityPolicies: this.#policies?.identity,
      sessionPolicy: this.#policies?.session,
      context: this.#facts && requestContext(this.#facts, undefined),
    });
    if (!verdict.allowed) throw denialOf(caller, verdict, 'DeniedByKms');
  }

  /** Throws the denial if the request may not be done to this object (undefined: there is none of this key). */
  checkObject(key: string | undefined, object: ObjectRecord | undefined): void {
    this.#throwDenial(judge(this.#question(key, object)));
  }

  #question(key: string | undefined, object: ObjectRecord | undefined): AccessQuestion {
    const { caller, actions, region, bucketName } = this.#request;
    const { principal } = caller;
    const bucket = this.#bucket;
    const policies = this.#policies;
    if (policies === undefined || this.#facts === undefined) {
      return { principal, actions, bucket, object };
    }
    const account = bucket?.owner ?? (principal.kind === 'anonymous' ? '' : principal.account);
    return {
      principal,
      actions,
      resource: ossResource({ region, account, bucket: bucketName, key }),
      bucket,
      object,
      identityPolicies: policies.identity,
      sessionPolicy: policies.session,
      context: requestContext(this.#facts, object),
    };
  }

  #throwDenial(verdict: Verdict | undefined): void {
    if (verdict === undefined || verdict.allowed) return;
    throw denialOf(this.#request.caller, verdict);
  }
}

const NO_POLICIES: readonly CompiledPolicy[] = [];
const listed = new WeakMap<readonly GrantedPolicy<CompiledPolicy>[], readonly CompiledPolicy[]>();

/** The policies alone; the directory hands out the same list as long as nothing changes. */
function policiesOf(granted: readonly GrantedPolicy<CompiledPolicy>[]): readonly CompiledPolicy[] {
  const known = listed.get(granted);
  if (known !== undefined) return known;
  const policies = granted.map(({ policy }) => policy);
  listed.set(granted, policies);
  return policies;
}

function asksFor({ identity, session, bucket }: AskedPolicies, prefix: string): boolean {
  return (
    identity.some((policy) => asks(policy, prefix)) || asks(session, prefix) || asks(bucket, prefix)
  );
}

function asks(policy: CompiledPolicy | undefined, prefix: string): boolean {
  return policy?.conditionKeys.some((key) => key.startsWith(prefix)) ?? false;
}

function denialOf(
  { principal }: Caller,
  denied: Denied,
  kind: ErrorKind = DENIALS[denied.denial],
): OssError {
  const detail = accessDeniedDetail(principal, denied);
  return new OssError(
    kind,
    detail === undefined ? {} : { groups: { AccessDeniedDetail: { ...detail } } },
  );
}
