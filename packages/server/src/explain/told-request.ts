import { isIP } from 'node:net';
import { canonicalConditionKey } from '@openoss/access';
import { inputDecoder, PutObject, utf8Bytes } from '@openoss/protocol';
import { RpcError } from '@openoss/rpc';
import {
  EXISTING_TAG,
  LISTINGS,
  REQUEST_TAG,
  type RequestFacts,
  requestContext,
} from '../stages/request-context.js';
import type { ToldEncryption } from './needed-key.js';

/** A request that nobody sent, made of what was told of it. */
export interface ToldRequest {
  readonly facts: RequestFacts;
  /** Tags that the object is to have, in place of those of the same key that it has. */
  readonly existingTags: readonly (readonly [key: string, value: string])[];
  /** What a put says of encryption. */
  readonly encryption: ToldEncryption;
}

/** Headers that are no condition keys, but decide which key of KMS a put takes. */
const ENCRYPTION = 'x-oss-server-side-';
const decodePut = inputDecoder(PutObject);

/**
 * Makes a request of the condition keys that were told, such that {@link requestContext}, which answers for
 * real ones, answers these. Headers that ask for encryption are told by their names. Throws RpcError for what no
 * request here could have, and OssError for headers that are refused before permissions are asked for.
 */
export function toldRequest(
  context: ReadonlyMap<string, string>,
  usual: { readonly operation: string; readonly isSecure: boolean; readonly now: number },
): ToldRequest {
  const headers = new Map<string, string>();
  const input: Record<string, unknown> = {};
  const tagging: { key: string; value: string }[] = [];
  const existingTags: (readonly [string, string])[] = [];
  const fixed: (readonly [key: string, value: string])[] = [];
  const encryption = new Map<string, string>();
  let { isSecure, now } = usual;
  let peer: string | undefined;
  let accessKeyId: string | undefined;
  for (const [written, value] of context) {
    const key = canonicalConditionKey(written);
    switch (key) {
      case 'acs:SourceIp':
        if (isIP(value) === 0) throw wrong(key, `${value} is no IP address`);
        peer = value;
        break;
      case 'acs:UserAgent':
        headers.set('user-agent', utf8Bytes(value));
        break;
      case 'acs:CurrentTime':
        now = Date.parse(value);
        if (Number.isNaN(now)) throw wrong(key, `${value} is no time of ISO 8601`);
        break;
      case 'acs:SecureTransport':
        if (value !== 'true' && value !== 'false') throw wrong(key, 'it is true or false');
        isSecure = value === 'true';
        break;
      case 'acs:AccessId':
        accessKeyId = value;
        break;
      case 'oss:x-oss-acl':
        input.acl = value;
        break;
      case 'oss:x-oss-object-acl':
        input.objectAcl = value;
        break;
      case 'oss:Prefix':
      case 'oss:Delimiter':
        if (!LISTINGS.has(usual.operation)) throw wrong(key, 'only a listing has it');
        input[key === 'oss:Prefix' ? 'prefix' : 'delimiter'] = value;
        break;
      default:
        if (key.startsWith(EXISTING_TAG)) {
          existingTags.push([key.slice(EXISTING_TAG.length), value]);
        } else if (key.startsWith(REQUEST_TAG)) {
          tagging.push({ key: key.slice(REQUEST_TAG.length), value });
        } else if (key.toLowerCase().startsWith(ENCRYPTION)) {
          if (usual.operation !== PutObject.name) throw wrong(key, 'only a put has it');
          encryption.set(key.toLowerCase(), utf8Bytes(value));
        } else fixed.push([key, value]);
    }
  }
  if (tagging.length > 0) input.tagging = tagging;
  const request = { socket: { encrypted: isSecure } };
  const { operation } = usual;
  const exchange = { connection: { peer }, request, headers };
  const facts = { exchange, operation, input, accessKeyId, now };
  const answers = requestContext(facts, undefined);
  for (const [key, value] of fixed) {
    const answer = answers(key);
    if (answer === value) continue;
    throw wrong(
      key,
      answer === undefined
        ? 'no request to this server has it'
        : `every request to this server has ${JSON.stringify(answer)}`,
    );
  }
  // Not quite what a put says, but all of it that is asked for.
  return { facts, existingTags, encryption: decodePut(encryption, []) as ToldEncryption };
}

const wrong = (key: string, reason: string): RpcError =>
  RpcError.invalid('Context', `${key}: ${reason}`);
