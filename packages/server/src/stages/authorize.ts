import {
  type BucketFacts,
  type Decision,
  type Denial,
  decide,
  type ObjectFacts,
  type Principal,
} from '@openoss/access';
import { type ErrorKind, type Operation, OssError } from '@openoss/protocol';

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
export interface Authorization {
  readonly principal: Principal;
  readonly actions: readonly string[];
  readonly bucket: BucketFacts | undefined;
}

/** Throws the denial if the request may not be done to this object (undefined: there is none, or none is named). */
export function authorize(authorization: Authorization, object: ObjectFacts | undefined): void {
  const { principal, actions, bucket } = authorization;
  const decision: Decision = decide({ principal, actions, bucket, object });
  if (!decision.allowed) throw new OssError(DENIALS[decision.denial]);
}
