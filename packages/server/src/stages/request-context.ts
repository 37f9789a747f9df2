import type { TLSSocket } from 'node:tls';
import type { RequestContext } from '@openoss/access';
import { type RequestHeaders, type TagSet, utf8Text } from '@openoss/protocol';
import { withoutMapping } from '@openoss/rpc';
import type { ObjectRecord } from '@openoss/storage';

/** What the conditions of policies may ask of a request. */
export interface RequestFacts {
  readonly exchange: {
    readonly connection: { readonly peer: string | undefined };
    readonly request: { readonly socket: object };
    readonly headers: RequestHeaders;
  };
  readonly operation: string;
  /** As it was decoded; a body is in it once it has been read. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly accessKeyId: string | undefined;
  /** When the request is decided, in milliseconds since 1970. */
  readonly now: number;
}

export const LISTINGS: ReadonlySet<string> = new Set(['ListObjects', 'ListObjectsV2']);
export const EXISTING_TAG = 'oss:ExistingObjectTag/';
export const REQUEST_TAG = 'oss:RequestObjectTag/';

/** The time that was asked for last: several statements ask, and several requests in a millisecond. */
let lastTime = { now: Number.NaN, text: '' };

/** Answers condition keys (`conditionKeys` of the access room) for a request and the object it is about. */
export function requestContext(
  facts: RequestFacts,
  object: Pick<ObjectRecord, 'tags'> | undefined,
): RequestContext {
  return (key) => {
    const { exchange, operation, input, accessKeyId, now } = facts;
    switch (key) {
      case 'acs:SourceIp':
        return withoutMapping(exchange.connection.peer);
      // There are no VPCs here: whoever comes, comes through none.
      case 'acs:SourceVpc':
      case 'acs:SourceVpcId':
        return '';
      case 'acs:UserAgent': {
        const agent = exchange.headers.get('user-agent');
        return agent === undefined ? undefined : utf8Text(agent);
      }
      case 'acs:CurrentTime':
        if (now !== lastTime.now) lastTime = { now, text: new Date(now).toISOString() };
        return lastTime.text;
      case 'acs:SecureTransport':
        return String((exchange.request.socket as Partial<TLSSocket>).encrypted === true);
      case 'acs:AccessId':
        return accessKeyId;
      // Access keys are used without, and there is nothing else to come with.
      case 'acs:MFAPresent':
        return 'false';
      case 'oss:x-oss-acl':
        return textOf(input.acl);
      case 'oss:x-oss-object-acl':
        return textOf(input.objectAcl);
      case 'oss:Prefix':
        return LISTINGS.has(operation) ? (textOf(input.prefix) ?? '') : undefined;
      case 'oss:Delimiter':
        return LISTINGS.has(operation) ? (textOf(input.delimiter) ?? '') : undefined;
    }
    if (key.startsWith(EXISTING_TAG)) {
      const name = key.slice(EXISTING_TAG.length);
      return object?.tags.find(([tag]) => tag === name)?.[1];
    }
    if (key.startsWith(REQUEST_TAG)) {
      const name = key.slice(REQUEST_TAG.length);
      return tagsOf(input.tagging)?.find((tag) => tag.key === name)?.value;
    }
    return undefined;
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The tags that a request sets: PutObject has them in a header, PutObjectTagging in its body. */
function tagsOf(tagging: unknown): TagSet | undefined {
  if (Array.isArray(tagging)) return tagging as TagSet;
  if (typeof tagging !== 'object' || tagging === null || !('tags' in tagging)) return undefined;
  return tagging.tags as TagSet;
}
