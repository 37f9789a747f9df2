/** Calls of what this service has besides RAM and STS, signed as its own command line does not: in parameters. */
import { randomUUID } from 'node:crypto';
import { rpcSignature, rpcStringToSign, type SigningCredentials } from '@openoss/protocol';

export interface OwnAnswer {
  readonly status: number;
  readonly answer: Readonly<Record<string, unknown>>;
}

/** Calls an operation; what is undefined is left out. */
export async function callOwn(
  endpoint: string | undefined,
  { accessKeyId, accessKeySecret, securityToken }: SigningCredentials,
  action: string,
  parameters: Readonly<Record<string, string | undefined>> = {},
): Promise<OwnAnswer> {
  const signed = Object.entries({
    Action: action,
    Version: '2026-11-26',
    Format: 'JSON',
    AccessKeyId: accessKeyId,
    SecurityToken: securityToken,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: `${new Date().toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`,
    ...parameters,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  signed.push(['Signature', rpcSignature(accessKeySecret, rpcStringToSign('POST', signed))]);
  const response = await fetch(endpoint ?? '', {
    method: 'POST',
    body: new URLSearchParams(signed),
  });
  return { status: response.status, answer: JSON.parse(await response.text()) };
}
