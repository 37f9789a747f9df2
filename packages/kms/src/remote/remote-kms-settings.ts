import { KmsSetupError } from '../kms-setup-error.js';

/** Where another KMS is, and as whom it is asked. */
export interface RemoteKmsSettings {
  /** An `http` or `https` URL without a path. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** The key that stands for the default one; `alias/acs/oss` unless told. */
  readonly defaultKey?: string | undefined;
}

/**
 * Another KMS, which OPENOSS_KMS_ENDPOINT, OPENOSS_KMS_ACCESS_KEY_ID, OPENOSS_KMS_ACCESS_KEY_SECRET and
 * OPENOSS_KMS_DEFAULT_KEY tell of; undefined without the first. Throws KmsSetupError.
 */
export function findRemoteKms(
  environment: Readonly<Record<string, string | undefined>>,
): RemoteKmsSettings | undefined {
  const told = environment.OPENOSS_KMS_ENDPOINT ?? '';
  if (told === '') return undefined;
  const accessKeyId = environment.OPENOSS_KMS_ACCESS_KEY_ID ?? '';
  const accessKeySecret = environment.OPENOSS_KMS_ACCESS_KEY_SECRET ?? '';
  if (accessKeyId === '' || accessKeySecret === '') {
    throw new KmsSetupError(
      'A KMS to ask needs an access key that it knows: set OPENOSS_KMS_ACCESS_KEY_ID and OPENOSS_KMS_ACCESS_KEY_SECRET.',
    );
  }
  const defaultKey = environment.OPENOSS_KMS_DEFAULT_KEY || undefined;
  return { endpoint: endpointOf(told), accessKeyId, accessKeySecret, defaultKey };
}

/** A bare host is one that speaks HTTPS. */
function endpointOf(text: string): string {
  const url = URL.canParse(text) && text.includes('://') ? new URL(text) : undefined;
  const found = url ?? (URL.canParse(`https://${text}`) ? new URL(`https://${text}`) : undefined);
  const isPlain =
    found !== undefined &&
    ['http:', 'https:'].includes(found.protocol) &&
    found.pathname === '/' &&
    found.search === '' &&
    found.username === '';
  if (!isPlain) {
    throw new KmsSetupError(
      `${JSON.stringify(text)} is not the address of a KMS, such as https://kms.cn-hangzhou.aliyuncs.com.`,
    );
  }
  return found.origin;
}
