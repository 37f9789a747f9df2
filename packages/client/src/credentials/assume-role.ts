import { createHash, randomUUID } from 'node:crypto';
import {
  ACS3_HMAC_SHA256,
  acs3CanonicalRequest,
  acs3Signature,
  acs3StringToSign,
  escapeQueryComponent,
  type HeaderFields,
} from '@openoss/protocol';
import type { CredentialsProvider } from '../credentials.js';
import { CredentialsError, NO_CREDENTIALS } from '../errors/credentials-error.js';
import type { ExchangeOptions } from './credentials-exchange.js';
import { type AssumedRole, callSts, STS_VERSION } from './sts-call.js';
import type { CredentialsSource } from './temporary-credentials.js';

/** Which role is assumed, by whom and where. */
export interface AssumeRoleOptions extends ExchangeOptions, AssumedRole {
  /** The address of STS: `https://sts.aliyuncs.com`. */
  readonly endpoint: URL;
  /** With what the call is signed. */
  readonly credentials: CredentialsProvider;
  /** What a trust policy may ask for, so that nobody else can have the role assumed. */
  readonly externalId?: string | undefined;
}

/**
 * Credentials of a session of a RAM role, from STS: AssumeRole, signed with ACS3 as Alibaba Cloud's own
 * package does. https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
 */
export function assumeRole(options: AssumeRoleOptions): CredentialsSource {
  return () => callSts(() => signedCall(options), options);
}

async function signedCall(options: AssumeRoleOptions) {
  const { endpoint, clock } = options;
  const signer = await options.credentials();
  if (signer === undefined) throw new CredentialsError(NO_CREDENTIALS);
  const { accessKeyId, accessKeySecret, securityToken = '' } = signer;
  const query = parameters(options);
  const payloadHash = createHash('sha256').update('').digest('hex');
  const headers: Record<string, string> = {
    host: endpoint.host,
    'x-acs-action': 'AssumeRole',
    'x-acs-version': STS_VERSION,
    'x-acs-date': `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-content-sha256': payloadHash,
    ...(securityToken === '' ? {} : { 'x-acs-security-token': securityToken }),
  };
  const fields: HeaderFields = new Map(Object.entries(headers));
  const signedHeaders = Object.keys(headers).sort();
  const signature = acs3Signature(
    accessKeySecret,
    acs3StringToSign(
      acs3CanonicalRequest({
        method: 'POST',
        path: '/',
        query,
        headers: fields,
        signedHeaders,
        payloadHash,
      }),
    ),
  );
  const authorization = `${ACS3_HMAC_SHA256} Credential=${accessKeyId},SignedHeaders=${signedHeaders.join(';')},Signature=${signature}`;
  const url = new URL(endpoint);
  url.search = query.map(([name, value]) => `${name}=${escapeQueryComponent(value)}`).join('&');
  return {
    request: {
      method: 'POST' as const,
      url,
      headers: { ...headers, Accept: 'application/json', Authorization: authorization },
      body: '',
    },
    secrets: [accessKeySecret, securityToken],
  };
}

function parameters(options: AssumeRoleOptions): readonly (readonly [string, string])[] {
  const { roleArn, roleSessionName, durationSeconds, policy, externalId } = options;
  const all: readonly (readonly [string, string | undefined])[] = [
    ['DurationSeconds', String(durationSeconds)],
    ['ExternalId', externalId],
    ['Policy', policy],
    ['RoleArn', roleArn],
    ['RoleSessionName', roleSessionName],
  ];
  return all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}
