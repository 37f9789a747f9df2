import { formatResource, parseResource } from '@openoss/access';
import { arnOf } from '@openoss/directory';
import { utf8Text } from '@openoss/protocol';
import type { FinishedCall } from '@openoss/rpc';
import type { AuditRecord } from './audit-record.js';
import { type Decision, decisionOf } from './decision.js';

/** The products that lines name; what is this service's own is `rpc`, and so is what none is named for. */
const SERVICES = ['ram', 'sts', 'kms'] as const;

/** What is told of a call of RAM, STS or KMS that is over. Of what it was given only names are told. */
export function callRecord(
  call: FinishedCall,
  { now, region }: { readonly now: number; readonly region: string },
): AuditRecord {
  const { trace, headers, milliseconds } = call;
  const { operation, caller } = trace;
  const identity = caller?.principal;
  const { service, isRegional } = operation?.product ?? {};
  const [resource, ...others] = trace.resources.map((name) =>
    parseResource(name) === undefined
      ? formatResource({
          service: service ?? '',
          region: isRegional ? region : '',
          account: identity?.account ?? '',
          relativeId: name,
        })
      : name,
  );
  const [host, userAgent] = [headers.get('host'), headers.get('user-agent')];
  return {
    at: now - milliseconds,
    service: SERVICES.find((one) => one === service) ?? 'rpc',
    requestId: call.requestId,
    sourceIp: call.peer === '' ? undefined : call.peer,
    tls: call.isSecure,
    host: host && utf8Text(host),
    userAgent: userAgent && utf8Text(userAgent),
    method: call.method,
    auth: trace.auth,
    accessKeyId: caller?.id ?? trace.claimedKeyId,
    account: identity?.account,
    principal: identity && arnOf(identity),
    sessionName: identity?.kind === 'session' ? identity.session : undefined,
    operation: operation?.name,
    resource,
    otherResources: others.length === 0 ? undefined : others,
    targetAccessKeyId: trace.targetKeyId,
    ...decisionAbout(call),
    status: call.status,
    outcome: call.outcome,
    code: trace.code,
    bytesIn: call.bytesIn,
    bytesOut: call.bytesOut,
    milliseconds,
  };
}

/** What the directory refuses when a role may not be assumed: it asks the trust policy, and tells yes or no. */
const NOT_ASSUMED = 'NoPermission';

function decisionAbout({ trace, status }: FinishedCall): Decision {
  const { operation, decided, stage, code } = trace;
  const action = operation && `${operation.product.service}:${operation.name}`;
  if (decided !== undefined) return decisionOf(decided.verdict, decided.action, decided.granted);
  if (stage === 'authenticating' && code !== undefined && status < 500) {
    return { decision: 'unauthenticated' };
  }
  if (stage !== 'authorizing') return { decision: 'not-reached' };
  const decidedBy = operation?.name === 'AssumeRole' ? 'trust-policy' : 'nothing-asked';
  if (code === undefined) return { decision: 'allowed', action, decidedBy };
  return code === NOT_ASSUMED && operation?.name === 'AssumeRole'
    ? { decision: 'denied', action, decidedBy }
    : { decision: 'not-reached', action };
}
