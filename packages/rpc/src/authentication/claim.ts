import { createHash } from 'node:crypto';
import {
  ACS3_HMAC_SHA256,
  acs3CanonicalRequest,
  acs3StringToSign,
  parseAcs3Authorization,
  rpcStringToSign,
  verifyAcs3Signature,
  verifyRpcSignature,
} from '@openoss/protocol';
import type { CallRequest } from '../call-request.js';
import { RpcError } from '../rpc-error.js';

/** Whom a call says it is from, and how that is to be proved. */
export interface Claim {
  readonly accessKeyId: string;
  /** Of a session; undefined for a lasting access key. */
  readonly securityToken: string | undefined;
  /** As sent: `2026-11-26T16:30:00Z`. */
  readonly timestamp: string;
  readonly nonce: string;
  /** Throws RpcError unless this is the secret that the call was signed with. */
  readonly verify: (accessKeySecret: string) => void;
}

/**
 * What a call claims: an Authorization header by itself, otherwise the parameters. Throws RpcError for
 * claims that are not whole or of another kind.
 */
export function claimOf(call: CallRequest): Claim {
  const authorization = call.headers.get('authorization');
  return authorization === undefined ? rpcClaim(call) : acs3Claim(call, authorization);
}

function rpcClaim({ method, parameters }: CallRequest): Claim {
  const required = (name: string): string => parameters.get(name) || fail(name);
  const accessKeyId = required('AccessKeyId');
  const signature = required('Signature');
  if (required('SignatureMethod').toUpperCase() !== 'HMAC-SHA1') {
    throw RpcError.of('SignatureMethodUnknown');
  }
  if (required('SignatureVersion') !== '1.0') throw RpcError.invalid('SignatureVersion');
  if ((parameters.get('SignatureType') ?? '') !== '') throw RpcError.invalid('SignatureType');
  return {
    accessKeyId,
    securityToken: parameters.get('SecurityToken') || undefined,
    timestamp: required('Timestamp'),
    nonce: required('SignatureNonce'),
    verify(secret) {
      const text = rpcStringToSign(method, parameters);
      if (!verifyRpcSignature(secret, text, signature)) throw RpcError.signature(text);
    },
  };
}

function acs3Claim(call: CallRequest, authorization: string): Claim {
  const { headers } = call;
  const parsed = parseAcs3Authorization(authorization);
  if (parsed === undefined) throw RpcError.of('AuthorizationMalformed');
  const { algorithm, accessKeyId, signedHeaders, signature } = parsed;
  if (algorithm !== ACS3_HMAC_SHA256) throw RpcError.of('SignatureMethodUnknown');
  const required = (name: string, parameter: string): string =>
    headers.get(name) || fail(parameter);
  return {
    accessKeyId,
    securityToken: headers.get('x-acs-security-token') || undefined,
    timestamp: required('x-acs-date', 'Timestamp'),
    nonce: required('x-acs-signature-nonce', 'SignatureNonce'),
    verify(secret) {
      const payloadHash = createHash('sha256').update(call.body).digest('hex');
      const canonical = acs3CanonicalRequest({ ...call, signedHeaders, payloadHash });
      const text = acs3StringToSign(canonical);
      const isRight =
        areAllSigned(call, signedHeaders) && verifyAcs3Signature(secret, text, signature);
      if (!isRight) {
        throw RpcError.signature(`${text}\nserver canonical request is:${canonical}`);
      }
    },
  };
}

/**
 * Whether nothing that means something could have been added by somebody else. A Content-Type without
 * content means nothing, and some HTTP libraries add one once the call is signed.
 */
function areAllSigned({ headers, body }: CallRequest, signedHeaders: readonly string[]): boolean {
  for (const name of headers.keys()) {
    const counts =
      name === 'host' || name.startsWith('x-acs-') || (name === 'content-type' && body.length > 0);
    if (counts && !signedHeaders.includes(name)) return false;
  }
  return signedHeaders.every((name) => headers.has(name));
}

function fail(parameter: string): never {
  throw RpcError.missing(parameter);
}
