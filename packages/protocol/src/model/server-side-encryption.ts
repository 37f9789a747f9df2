import { OssError } from '../errors/oss-error.js';
import { BadValue, type Codec } from '../operation/codec.js';
import { utf8Text } from '../signature/byte-string.js';

/** How an object is encrypted: with a key of the service's own, or with one of KMS. */
export const encryptionMethods = ['AES256', 'SM4', 'KMS'] as const;
export type EncryptionMethod = (typeof encryptionMethods)[number];

/** What the body is encrypted with under a key of KMS, where it is not AES-256. */
export const dataEncryptions = ['SM4'] as const;
export type DataEncryption = (typeof dataEncryptions)[number];

/** How a bucket's objects are encrypted whose upload names no method. */
export interface EncryptionRule {
  readonly method: EncryptionMethod;
  /** Key id, ARN or alias, as it was given; with KMS alone. Without one it is the account's own key for OSS. */
  readonly keyId?: string | undefined;
  /** With KMS alone. */
  readonly dataEncryption?: DataEncryption | undefined;
}

/** What an upload says of encryption. */
export interface EncryptionRequest {
  readonly method?: EncryptionMethod | undefined;
  readonly keyId?: string | undefined;
  readonly dataEncryption?: DataEncryption | undefined;
  readonly context?: EncryptionContext | undefined;
}

/** How an object is to be encrypted. */
export interface ChosenEncryption extends EncryptionRule {
  /** What whoever puts has KMS bind the data key to; only with a named key. */
  readonly context?: EncryptionContext | undefined;
}

/** Names and values that KMS binds a data key to. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** Bytes; the metadata of an object has as much room. */
export const MAX_ENCRYPTION_CONTEXT = 8 * 1024;

/** Of an encryption context, names that begin so are this service's own. */
export const RESERVED_CONTEXT = 'acs:oss:';

/** An encryption context in a header: a JSON object of strings, in UTF-8. */
export const encryptionContext: Codec<EncryptionContext> = {
  type: 'string',
  decode(header) {
    if (header.length > MAX_ENCRYPTION_CONTEXT) {
      throw new BadValue(`The encryption context is longer than ${MAX_ENCRYPTION_CONTEXT} bytes.`);
    }
    const context = parsed(utf8Text(header));
    if (!isContext(context)) throw new BadValue();
    const reserved = Object.keys(context).find((name) => name.startsWith(RESERVED_CONTEXT));
    if (reserved !== undefined) {
      throw new BadValue(`The name ${reserved} is reserved in an encryption context.`);
    }
    return context;
  },
  encode: (context) => Buffer.from(JSON.stringify(context), 'utf8').toString('latin1'),
};

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isContext(value: unknown): value is EncryptionContext {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === 'string')
  );
}

/**
 * How an object is encrypted that is put with this request into a bucket of this rule; undefined where
 * neither asks for it. The request's method overrides the rule as a whole. Without one, what the request
 * says of the key and the data holds where the rule says KMS, as OSS reads a context without a key there
 * (the page of EC 0005-00000228). A data encryption without KMS has no effect, which is what OSS does
 * (oss2, test_put_object_with_encryption).
 */
export function chooseEncryption(
  request: EncryptionRequest,
  rule: EncryptionRule | undefined,
): ChosenEncryption | undefined {
  const base: EncryptionRule | undefined =
    request.method === undefined ? rule : { method: request.method };
  if (base?.method !== 'KMS') {
    if (request.keyId !== undefined) throw new OssError('EncryptionKeyIdNotApplicable');
    if (request.context !== undefined) throw new OssError('EncryptionContextNotApplicable');
    return base;
  }
  const keyId = request.keyId ?? base.keyId;
  if (request.context !== undefined && keyId === undefined) {
    throw new OssError('EncryptionContextNotApplicable');
  }
  return {
    method: 'KMS',
    keyId,
    dataEncryption: request.dataEncryption ?? base.dataEncryption,
    context: request.context,
  };
}

/** The longest name of a key that a bucket's rule takes: an ARN with an alias of 255 characters has some 310. */
const MAX_KEY_NAME = 512;

/** A bucket's rule from the texts of its document; an empty element counts as absent. */
export function checkEncryptionRule(document: {
  readonly sseAlgorithm: string;
  readonly kmsMasterKeyId?: string | undefined;
  readonly kmsDataEncryption?: string | undefined;
}): EncryptionRule {
  const { sseAlgorithm, kmsMasterKeyId = '', kmsDataEncryption = '' } = document;
  const method = encryptionMethods.find((known) => known === sseAlgorithm);
  if (method === undefined) {
    throw new OssError('EncryptionAlgorithmInvalid', {
      details: { ArgumentName: 'SSEAlgorithm', ArgumentValue: sseAlgorithm },
    });
  }
  if (method !== 'KMS') {
    if (kmsMasterKeyId !== '') throw new OssError('BucketKeyIdNotApplicable');
    // OSS lets it fall (oss2, test_put_bucket_encryption).
    return { method };
  }
  const dataEncryption = dataEncryptions.find((known) => known === kmsDataEncryption);
  if (kmsDataEncryption !== '' && dataEncryption === undefined) {
    throw new OssError('BucketDataEncryptionInvalid', {
      details: { ArgumentName: 'KMSDataEncryption', ArgumentValue: kmsDataEncryption },
    });
  }
  // Kept with the bucket, and written into errors and logs later on: what can name no key is refused at once.
  if (kmsMasterKeyId.length > MAX_KEY_NAME || !/^[\x20-\x7e]*$/.test(kmsMasterKeyId)) {
    throw new OssError('KmsKeyIdInvalid');
  }
  return {
    method,
    ...(kmsMasterKeyId === '' ? {} : { keyId: kmsMasterKeyId }),
    ...(dataEncryption === undefined ? {} : { dataEncryption }),
  };
}
