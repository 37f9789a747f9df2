import type { TLSSocket } from 'node:tls';
import { formatResource, ossResource } from '@openoss/access';
import { arnOf } from '@openoss/directory';
import { type OssError, parseRequestTarget, type RequestTarget, utf8Text } from '@openoss/protocol';
import { withoutMapping } from '@openoss/rpc';
import type { Exchange } from '../http/exchange.js';
import type { AuditRecord } from './audit-record.js';
import { type Decision, decisionOf } from './decision.js';
import { deletedKeys } from './deleted-keys.js';
import { signedHow } from './signed-how.js';
import { toldPath, toldQuery } from './told-query.js';

/** What is told of a request to OSS that is over, `milliseconds` after its head had come. */
export function exchangeRecord(
  exchange: Exchange,
  { now, milliseconds, region }: { now: number; milliseconds: number; region: string },
): AuditRecord {
  const { request, response, headers, address, caller, authorization, refusedWith } = exchange;
  const identity = caller?.principal.kind === 'anonymous' ? undefined : caller?.principal;
  const unaddressed = address === undefined ? targetOf(request.url) : undefined;
  const target = address ?? unaddressed;
  const { auth, accessKeyId } = signedHow(
    { headers, query: target?.query ?? [] },
    caller?.accessKeyId,
  );
  const account = authorization?.bucketOwner ?? identity?.account;
  return {
    at: now - milliseconds,
    service: 'oss',
    requestId: exchange.id,
    sourceIp: withoutMapping(exchange.connection.peer),
    tls: (request.socket as Partial<TLSSocket>).encrypted === true,
    host: textOf(headers.get('host')),
    userAgent: textOf(headers.get('user-agent')),
    method: request.method,
    auth,
    accessKeyId,
    account: identity?.account,
    principal: identity && arnOf(identity),
    sessionName: identity?.kind === 'session' ? identity.session : undefined,
    operation: exchange.operation,
    bucket: address?.bucket,
    key: address?.key,
    versionId: target?.query.find(([name]) => name === 'versionId')?.[1] || undefined,
    path: unaddressed && toldPath(unaddressed.path),
    query: target && toldQuery(target.query),
    resource:
      address &&
      formatResource(
        ossResource({ region, account: account ?? '', bucket: address.bucket, key: address.key }),
      ),
    acl: aclNamed(exchange),
    ...(exchange.operation === 'DeleteMultipleObjects' && deletedKeys(exchange.document)),
    ...decisionAbout(exchange),
    status: response.headersSent ? response.statusCode : 0,
    outcome: outcomeOf(exchange),
    code: refusedWith?.code,
    ec: refusedWith?.ec,
    bytesIn: exchange.bytesIn,
    bytesOut: exchange.bytesOut,
    milliseconds,
  };
}

/** What is told of a connection that carried no request which could be answered, and was refused. */
export function refusedSocketRecord(
  refused: {
    readonly requestId: string;
    readonly refusal: OssError;
    readonly peer: string | undefined;
    readonly isSecure: boolean;
    readonly isAnswered: boolean;
  },
  now: number,
): AuditRecord {
  const { requestId, refusal, peer, isSecure, isAnswered } = refused;
  return {
    at: now,
    service: 'oss',
    requestId,
    sourceIp: withoutMapping(peer),
    tls: isSecure,
    host: undefined,
    userAgent: undefined,
    method: undefined,
    auth: 'unknown',
    accessKeyId: undefined,
    account: undefined,
    principal: undefined,
    sessionName: undefined,
    operation: undefined,
    resource: undefined,
    decision: 'not-reached',
    status: isAnswered ? refusal.status : 0,
    outcome: isAnswered ? 'answered' : 'unanswered',
    code: refusal.code,
    ec: refusal.ec,
    bytesIn: 0,
    bytesOut: 0,
    milliseconds: 0,
  };
}

/** The header that names the ACL which an operation sets. */
const ACL_HEADERS: Readonly<Record<string, string>> = {
  PutBucket: 'x-oss-acl',
  PutBucketAcl: 'x-oss-acl',
  PutObject: 'x-oss-object-acl',
  PutObjectAcl: 'x-oss-object-acl',
};

function aclNamed({ operation = '', headers }: Exchange): string | undefined {
  const header = ACL_HEADERS[operation];
  return header === undefined ? undefined : textOf(headers.get(header));
}

const textOf = (bytes: string | undefined): string | undefined => bytes && utf8Text(bytes);

/** What can be told of a request whose address was refused. */
function targetOf(url: string | undefined): RequestTarget | undefined {
  try {
    return parseRequestTarget(url ?? '/');
  } catch {
    return undefined;
  }
}

function decisionAbout({ address, caller, authorization, refusedWith }: Exchange): Decision {
  const verdict = authorization?.verdict;
  if (authorization !== undefined && verdict !== undefined) {
    return decisionOf(verdict, authorization.action, authorization.granted);
  }
  const isBefore = address === undefined || caller !== undefined || refusedWith === undefined;
  return {
    decision: isBefore || !isOfAuthentication(refusedWith) ? 'not-reached' : 'unauthenticated',
  };
}

/** Between address and caller nothing else is refused but these, and what is no fault of the client. */
function isOfAuthentication({ kind, status }: OssError): boolean {
  return status < 500 && kind !== 'HeaderNotImplemented' && kind !== 'ParameterNotImplemented';
}

function outcomeOf({ response, ending }: Exchange): AuditRecord['outcome'] {
  if (ending === 'given-up') return 'given-up';
  // After an answer before the end of the request the connection is ended, and not the response.
  if (response.writableFinished || ending === 'lingering') return 'answered';
  return response.headersSent ? 'cut-short' : 'unanswered';
}
