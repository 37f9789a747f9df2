import { isAccessKeyId } from '../access-key-id.js';

/** The product that V4 signatures name for OSS itself; CloudBox signs with `oss-cloudbox`. */
export const OSS_PRODUCT = 'oss';

/** What a V4 signing key is good for. */
export interface CredentialScope {
  /** The day, `YYYYMMDD` in UTC. */
  readonly date: string;
  /** A region id, such as `cn-hangzhou`. */
  readonly region: string;
  readonly product: string;
}

/** The word that ends every scope, and the last link of the chain of signing keys. */
export const SCOPE_END = 'aliyun_v4_request';

/** A scope as it is signed: `20231216/cn-hangzhou/oss/aliyun_v4_request`. */
export function scopeText(scope: CredentialScope): string {
  return `${scope.date}/${scope.region}/${scope.product}/${SCOPE_END}`;
}

/** Digits in the form of a day; that the day exists shows where it is compared with the signed time. */
const DAY = /^\d{8}$/;

/** What can be wrong with a credential: its form, the access key id in it, or the day in it. */
export type CredentialFault = 'form' | 'accessKeyId' | 'date';

/** A well-formed credential. */
export interface Credential {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
}

/** Takes `<access key id>/<day>/<region>/<product>/aliyun_v4_request` apart, or says what is wrong. */
export function parseCredential(text: string): Credential | CredentialFault {
  if (text === latest?.text) return latest.credential;
  // A copy of its own: parts of the text would keep the whole header that it was cut out of.
  const own = Buffer.from(text).toString();
  const parts = own.split('/');
  const [accessKeyId = '', date = '', region = '', product = '', end] = parts;
  if (parts.length !== 5 || end !== SCOPE_END || region === '' || product === '') return 'form';
  if (!isAccessKeyId(accessKeyId)) return 'accessKeyId';
  if (!DAY.test(date)) return 'date';
  const credential = { accessKeyId, scope: { date, region, product } };
  if (own.length <= LONGEST_REMEMBERED) latest = { text: own, credential };
  return credential;
}

/**
 * The last credential that was taken apart: most requests in a row come from one. Whether it is good is
 * not remembered, only how its text is divided.
 */
let latest: { readonly text: string; readonly credential: Credential } | undefined;
const LONGEST_REMEMBERED = 256;
