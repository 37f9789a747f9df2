import type { AccessQuestion } from './access-question.js';
import { aclAllows, aclClassOf } from './acl.js';
import { emptyContext } from './condition/request-context.js';
import type { CompiledPolicy, CompiledStatement } from './policy/compile-policy.js';
import { firstAllow, firstDeny, type PolicyRequest } from './policy/evaluate-policies.js';
import type { Resource } from './resource.js';
import { rememberSome } from './text/remember-some.js';
import type { Denial, Denied, Stage, Verdict } from './verdict.js';

const NO_POLICIES: readonly CompiledPolicy[] = Object.freeze([]);
const ALLOWED_BY_OWNERSHIP: Verdict = { allowed: true, stage: 'ownership' };
const ALLOWED_BY_OBJECT_ACL: Verdict = { allowed: true, stage: 'object-acl' };
const ALLOWED_BY_BUCKET_ACL: Verdict = { allowed: true, stage: 'bucket-acl' };
const NOTHING_ASKED: Verdict = { allowed: true, stage: 'nothing-asked' };
/** Actions are few, and one text is found in maps sooner than another that is like it. */
const lowerCase = rememberSome(256, (action) => action.toLowerCase());
const NOWHERE: Resource = { service: '', region: '', account: '', relativeId: '' };

/** Told of every stage that a question passes, with the policies asked in it: what explanations are made of. */
export interface Witness {
  readonly policies: (
    stage: Stage,
    action: string,
    policies: readonly CompiledPolicy[],
    request: PolicyRequest,
  ) => void;
  /** A stage that is passed by for this reason. */
  readonly skips: (stage: Stage, action: string, reason: string) => void;
  /** A stage without policies that let the action pass or not. */
  readonly concludes: (stage: Stage, action: string, allowed: boolean, reason: string) => void;
}

/**
 * Decides a request, in the order of OSS's authorization (oss-protocol.md, 4.5 and 4.6): the session
 * policy has to allow it; then a Deny of the RAM policies or the bucket policy denies, an Allow of either
 * allows; then an account may do everything to what it owns; all others have what the ACLs open to
 * everybody, unless that is blocked. Each of the actions has to be allowed.
 */
export function judge(question: AccessQuestion): Verdict {
  return decided(judgeWith(question, true, undefined));
}

/**
 * The same without the object: undefined if its ACL has to be known first. Spares reading an object that
 * policies or ownership decide about.
 */
export function judgeBeforeObject(question: AccessQuestion): Verdict | undefined {
  return judgeWith(question, false, undefined);
}

/** A verdict where the object is known: then there is one. */
export function decided(verdict: Verdict | undefined): Verdict {
  if (verdict === undefined) throw new Error('undecided although the object is known');
  return verdict;
}

/** {@link judge} or, where the object is not known yet, {@link judgeBeforeObject}, before a witness. */
export function judgeWith(
  question: AccessQuestion,
  isObjectKnown: boolean,
  witness: Witness | undefined,
): Verdict | undefined {
  const { actions } = question;
  let first: Verdict = NOTHING_ASKED;
  for (let at = 0; at < actions.length; at++) {
    const verdict = judgeAction(question, actions[at] ?? '', at === 0, isObjectKnown, witness);
    if (verdict === undefined || !verdict.allowed) return verdict;
    if (at === 0) first = verdict;
  }
  return first;
}

function judgeAction(
  question: AccessQuestion,
  action: string,
  isFirst: boolean,
  isObjectKnown: boolean,
  witness: Witness | undefined,
): Verdict | undefined {
  const request = requestOf(question, action);
  return (
    judgeBySessionPolicy(question, action, request, witness) ??
    judgeByPolicies(question, action, request, witness) ??
    judgeByOwnership(question, action, witness) ??
    judgeByAcl(question, action, isFirst, isObjectKnown, witness)
  );
}

function requestOf(question: AccessQuestion, action: string): PolicyRequest {
  const { principal, bucket, resource, sessionPolicy, identityPolicies } = question;
  const hasPolicies =
    sessionPolicy !== undefined ||
    bucket?.policy !== undefined ||
    (identityPolicies !== undefined && identityPolicies.length > 0);
  if (hasPolicies && resource === undefined) {
    throw new TypeError('a question that policies are asked names its resource');
  }
  return {
    principal,
    action: lowerCase(action),
    resource: resource ?? NOWHERE,
    context: question.context ?? emptyContext,
    isOwner: bucket !== undefined && isOwner(question),
    ignoresPublic: bucket?.blocksPublicAccess === true,
  };
}

function judgeBySessionPolicy(
  { sessionPolicy }: AccessQuestion,
  action: string,
  request: PolicyRequest,
  witness: Witness | undefined,
): Denied | undefined {
  const stage = 'session-policy';
  if (sessionPolicy === undefined) {
    witness?.skips(stage, action, 'there is none');
    return undefined;
  }
  const policies = [sessionPolicy];
  witness?.policies(stage, action, policies, request);
  const deny = firstDeny(policies, request);
  if (deny === undefined && firstAllow(policies, request) !== undefined) return undefined;
  return denied(stage, 'session-policy', action, deny);
}

/** What the RAM policies and the bucket policy say together; undefined if nothing. */
function judgeByPolicies(
  question: AccessQuestion,
  action: string,
  request: PolicyRequest,
  witness: Witness | undefined,
): Verdict | undefined {
  const ofIdentity = identityPoliciesOf(question);
  if (ofIdentity.length > 0) witness?.policies('identity-policy', action, ofIdentity, request);
  else witness?.skips('identity-policy', action, whyNoIdentityPolicies(question));
  const policy = question.bucket?.policy;
  const ofBucket = policy === undefined ? NO_POLICIES : [policy];
  if (policy === undefined) witness?.skips('bucket-policy', action, 'there is none');
  else witness?.policies('bucket-policy', action, ofBucket, request);

  const identityDeny = firstDeny(ofIdentity, request);
  const bucketDeny = firstDeny(ofBucket, request);
  if (identityDeny !== undefined) {
    if (bucketDeny === undefined) {
      return denied('identity-policy', 'identity-policy', action, identityDeny);
    }
    const both = denied('identity-policy', 'both-policies', action, identityDeny);
    return { ...both, bucketStatement: bucketDeny };
  }
  if (bucketDeny !== undefined) return denied('bucket-policy', 'bucket-policy', action, bucketDeny);
  const identityAllow = firstAllow(ofIdentity, request);
  if (identityAllow !== undefined) {
    return { allowed: true, stage: 'identity-policy', statement: identityAllow };
  }
  const bucketAllow = firstAllow(ofBucket, request);
  if (bucketAllow === undefined) return undefined;
  return { allowed: true, stage: 'bucket-policy', statement: bucketAllow };
}

function judgeByOwnership(
  question: AccessQuestion,
  action: string,
  witness: Witness | undefined,
): Verdict | undefined {
  const owns = isOwner(question);
  const reason = owns ? 'it is' : 'it is not';
  witness?.concludes('ownership', action, owns, `${reason} the account that owns it`);
  return owns ? ALLOWED_BY_OWNERSHIP : undefined;
}

function judgeByAcl(
  question: AccessQuestion,
  action: string,
  isFirst: boolean,
  isObjectKnown: boolean,
  witness: Witness | undefined,
): Verdict | undefined {
  const { bucket, object } = question;
  const aclClass = aclClassOf(action);
  if (bucket === undefined || aclClass === undefined) {
    witness?.concludes('management', action, false, 'no ACL speaks of this action');
    return denied('management', unspokenDenial(question, isFirst), action);
  }
  if (!isObjectKnown) return undefined;
  const ownAcl = object !== undefined && object.acl !== 'default' ? object.acl : undefined;
  const stage = ownAcl === undefined ? 'bucket-acl' : 'object-acl';
  const grant = ownAcl ?? bucket.acl;
  if (bucket.blocksPublicAccess === true && grant !== 'private') {
    witness?.concludes('public-access-block', action, false, `${grant} counts as private`);
    return denied('public-access-block', stage, action);
  }
  const opens = aclAllows(grant, aclClass);
  witness?.concludes(stage, action, opens, `${grant}, and this is a ${aclClass}`);
  if (!opens) return denied(stage, stage, action);
  return ownAcl === undefined ? ALLOWED_BY_BUCKET_ACL : ALLOWED_BY_OBJECT_ACL;
}

/** How an action is denied that no ACL speaks of. */
function unspokenDenial(question: AccessQuestion, isFirst: boolean): Denial {
  const { kind } = question.principal;
  if (kind === 'anonymous') return isFirst ? 'anonymous-operation' : 'anonymous-extra-action';
  if (kind === 'account' || isAbroad(question)) return 'not-bucket-owner';
  return isFirst ? 'no-permission' : 'no-extra-permission';
}

/** Whether the account itself asks, with its own key, about what it owns. */
function isOwner({ principal, bucket }: AccessQuestion): boolean {
  return (
    principal.kind === 'account' && (bucket === undefined || bucket.owner === principal.account)
  );
}

/** Whether a bucket belongs to another account than who asks: what that grants does not count for it (4.5, step 3). */
function isAbroad({ principal, bucket }: AccessQuestion): boolean {
  return (
    bucket !== undefined && principal.kind !== 'anonymous' && bucket.owner !== principal.account
  );
}

function identityPoliciesOf(question: AccessQuestion): readonly CompiledPolicy[] {
  const { kind } = question.principal;
  if ((kind !== 'user' && kind !== 'session') || isAbroad(question)) return NO_POLICIES;
  return question.identityPolicies ?? NO_POLICIES;
}

function whyNoIdentityPolicies(question: AccessQuestion): string {
  if (question.principal.kind === 'anonymous') return 'nobody is known to have any';
  if (question.principal.kind === 'account') return 'an account has none';
  return isAbroad(question) ? 'the bucket belongs to another account' : 'there is none';
}

function denied(
  stage: Stage,
  denial: Denial,
  action: string,
  statement?: CompiledStatement,
): Denied {
  return statement === undefined
    ? { allowed: false, stage, denial, action, explicit: false }
    : { allowed: false, stage, denial, action, explicit: true, statement };
}
