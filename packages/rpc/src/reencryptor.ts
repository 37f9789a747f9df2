import type { AccessKey } from '@openoss/directory';
import type { DataEncryption, EncryptionMethod } from '@openoss/protocol';
import type { StreamedAnswer } from './answer/streamed-answer.js';
import type { CallRequest } from './call-request.js';

/** How objects are to be encrypted: a method and what belongs to it, or not at all any more. */
export type WantedEncryption =
  | {
      readonly method: EncryptionMethod;
      /** Id, ARN or alias; with KMS alone. */
      readonly keyId?: string | undefined;
      /** With KMS alone. */
      readonly dataEncryption?: DataEncryption | undefined;
    }
  | 'none';

/** What is to be re-encrypted, and how. */
export interface ReencryptionOrder {
  /** For whom it is done: what they may not do to an object or with a key is not done. */
  readonly caller: AccessKey;
  readonly received: Pick<CallRequest, 'peer' | 'isSecure' | 'headers'>;
  readonly bucket: string;
  /** Only objects whose keys begin with it. */
  readonly prefix: string | undefined;
  /** Only objects behind this key. */
  readonly after: string | undefined;
  /** Undefined for what the bucket's rule says. */
  readonly wanted: WantedEncryption | undefined;
  /** How many objects at a time. */
  readonly concurrency: number;
}

/** Has the objects of a bucket encrypted otherwise. */
export interface Reencryptor {
  /** Throws RpcError, RamError or KmsError where it is not begun. Does nothing before the answer is asked for. */
  begin(order: ReencryptionOrder): Promise<StreamedAnswer>;
}
