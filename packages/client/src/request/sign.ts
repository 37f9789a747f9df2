import {
  type HeaderFields,
  presignUrl,
  type QueryParameter,
  type SignableRequest,
  type SigningOptions,
  signRequest,
  utf8Bytes,
} from '@openoss/protocol';
import type { BodySource } from '../body/body-source.js';
import type { Credentials } from '../credentials.js';
import { CredentialsError, NO_CREDENTIALS } from '../errors/credentials-error.js';
import { InvalidFieldError } from '../errors/invalid-field-error.js';
import type { OutgoingRequest } from '../transport/outgoing-request.js';
import { type RequestHeaders, requestTarget, type UnsignedRequest } from './unsigned-request.js';

/** How a client signs, whatever the request. */
export interface SigningStyle {
  readonly signVersion: 'v1' | 'v4';
  readonly region: string | undefined;
  readonly product: string | undefined;
  readonly additionalHeaders: readonly string[];
}

/** What one attempt adds to an unsigned request. */
export interface Signing {
  readonly style: SigningStyle;
  /** Undefined leaves the request unsigned. */
  readonly credentials: Credentials | undefined;
  /** Milliseconds since the epoch, as the server's clock has it. */
  readonly now: number;
}

/** Signs a request in its headers and readies it for the wire. */
export function signOutgoing(
  request: UnsignedRequest,
  body: BodySource | undefined,
  userAgent: string,
  signing: Signing,
): OutgoingRequest {
  const headers: RequestHeaders = new Map([['host', ['Host', request.address.host]]]);
  for (const [name, header] of request.headers) headers.set(name, header);
  if (body !== undefined) {
    if (body.size === undefined) headers.set('transfer-encoding', ['Transfer-Encoding', 'chunked']);
    else headers.set('content-length', ['Content-Length', String(body.size)]);
  }
  headers.set('user-agent', ['User-Agent', utf8Bytes(userAgent)]);
  if (signing.credentials !== undefined) {
    const options = signingOptions(signing.style, signing.credentials, signing.now);
    for (const [name, value] of signRequest(signable(request, headers), options)) {
      headers.set(name, [SIGNING_HEADER_NAMES[name] ?? name, value]);
    }
  }
  return {
    protocol: request.endpoint.protocol,
    hostname: request.address.hostname,
    port: request.endpoint.port,
    host: request.address.host,
    method: request.method,
    target: requestTarget(request.address, request.query),
    headers,
    body,
    maxBodyBytes: maxPayloadBytes(request),
  };
}

/** The query parameters that sign a request in its URL for `lifetime` seconds. */
export function presignedQuery(
  request: UnsignedRequest,
  lifetime: number,
  signing: Signing,
): readonly QueryParameter[] {
  if (signing.credentials === undefined) throw new CredentialsError(NO_CREDENTIALS);
  const options = signingOptions(signing.style, signing.credentials, signing.now);
  const headers: RequestHeaders = new Map([['host', ['Host', request.address.host]]]);
  for (const [name, header] of request.headers) headers.set(name, header);
  return presignUrl(signable(request, headers), options, lifetime);
}

/** The most bytes that the operation's payload may have; undefined where nothing limits it. */
export function maxPayloadBytes(request: UnsignedRequest): number | undefined {
  for (const field of Object.values(request.operation.input)) {
    if (field.kind === 'payload') return field.maxBytes;
  }
  return undefined;
}

/** How the headers of a signature are written by tradition; the others are lower case. */
const SIGNING_HEADER_NAMES: Readonly<Record<string, string>> = {
  authorization: 'Authorization',
  date: 'Date',
};

function signable(request: UnsignedRequest, headers: RequestHeaders): SignableRequest {
  const fields: HeaderFields = new Map([...headers].map(([name, [, value]]) => [name, value]));
  const { method, bucket, key, query } = request;
  return { method, bucket, key, query, headers: fields };
}

function signingOptions(
  style: SigningStyle,
  credentials: Credentials,
  now: number,
): SigningOptions {
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  if (accessKeyId === '' || accessKeySecret === '') throw new CredentialsError(NO_CREDENTIALS);
  // An empty token is what an unset variable leaves, and no token at all.
  const usable = {
    accessKeyId,
    accessKeySecret,
    ...(securityToken === undefined || securityToken === '' ? {} : { securityToken }),
  };
  if (style.signVersion === 'v1') return { version: 'v1', credentials: usable, now };
  const { region, product, additionalHeaders } = style;
  if (region === undefined || region === '') {
    throw new InvalidFieldError('region must be set in sign version 4.');
  }
  return { version: 'v4', credentials: usable, now, region, product, additionalHeaders };
}
