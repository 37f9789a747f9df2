/** Headers whose whole value is a secret. */
const secretHeaders: ReadonlySet<string> = new Set([
  'proxy-authorization',
  'x-oss-security-token',
  'x-oss-server-side-encryption-customer-key',
]);

/** Query parameters whose value is a signature or a token, in both signature versions. */
const secretParameters =
  /([?&](?:signature|x-oss-signature|security-token|x-oss-security-token)=)[^&#\s]*/gi;

const hidden = '<hidden>';

/** The signature at the end of an `Authorization` header; who signs is no secret. */
function hideSignature(value: string): string {
  const v4 = value.replace(/(Signature=)\S*/, `$1${hidden}`);
  return v4 === value ? value.replace(/^(OSS [^:]*:).*$/, `$1${hidden}`) : v4;
}

/**
 * The value of a header as it may be logged: without signature, token or key.
 */
export function loggableHeader(name: string, value: string): string {
  const lowered = name.toLowerCase();
  if (secretHeaders.has(lowered)) return hidden;
  if (lowered !== 'authorization') return value;
  const shown = hideSignature(value);
  return shown === value ? hidden : shown;
}

/**
 * A text as it may be logged: without the signatures and tokens of URLs, and without any of the
 * secrets that are known to the program.
 *
 * @param secrets AccessKey secrets and tokens in use
 */
export function redact(text: string, secrets: readonly string[]): string {
  const plain = text
    .replace(secretParameters, `$1${hidden}`)
    // user:password of a proxy's URL
    .replace(/(\w+:\/\/)[^/@\s]+@/g, `$1${hidden}@`);
  return secrets
    .filter((secret) => secret.length > 0)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .reduce((safe, secret) => safe.replaceAll(secret, hidden), plain);
}
