import { createHmac } from 'node:crypto';
import { equalInConstantTime } from '../equal-in-constant-time.js';
import { escapeQueryComponent } from '../percent-encoding.js';

/**
 * The text that signs a call of Alibaba Cloud's RPC style, signature version 1.0: the method, `/`, and all
 * parameters but `Signature`, those of a form body included
 * (https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism).
 */
export function rpcStringToSign(
  method: string,
  parameters: Iterable<readonly [name: string, value: string]>,
): string {
  const signed = [...parameters].filter(([name]) => name !== 'Signature');
  signed.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  const canonical = signed
    .map(([name, value]) => `${escapeQueryComponent(name)}=${escapeQueryComponent(value)}`)
    .join('&');
  return `${method}&%2F&${escapeQueryComponent(canonical)}`;
}

/** The signature over a text, in base 64. */
export function rpcSignature(accessKeySecret: string, stringToSign: string): string {
  return createHmac('sha1', `${accessKeySecret}&`).update(stringToSign).digest('base64');
}

/** Whether a signature is the one over a text; takes the same time whichever it is. */
export function verifyRpcSignature(
  accessKeySecret: string,
  stringToSign: string,
  signature: string,
): boolean {
  return equalInConstantTime(rpcSignature(accessKeySecret, stringToSign), signature);
}
