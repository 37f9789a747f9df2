import {
  type ChosenEncryption,
  checkPersistentHeaders,
  chooseEncryption,
  type InputOf,
  MAX_PUT_BYTES,
  OssError,
  PutObject,
} from '@openoss/protocol';
import type { BucketRecord } from '@openoss/storage';
import { encryptionAnswerOf } from '../encryption/encryption-answer.js';
import { handler } from '../handler.js';
import { namingContentMd5, parseContentMd5 } from '../http/content-md5.js';
import type { IncomingBody } from '../http/incoming-body.js';
import { contentMd5Of } from '../objects/describe-object.js';
import { namedBucket } from '../objects/named-bucket.js';
import { isPublicAcl, refuseIfBlocked } from '../objects/refuse-if-blocked.js';
import { storedHeaders } from '../objects/stored-headers.js';
import { tagPairs } from '../objects/tag-pairs.js';

/** Answers PutObject. */
export const putObject = handler(PutObject, async (context) => {
  const { input, headers, bucket, store, directory, admit, encryption, authorization } = context;
  const into = namedBucket(bucket, input.bucket);
  if (isPublicAcl(input.objectAcl)) {
    await refuseIfBlocked(directory, into, 'PublicObjectAclBlocked');
  }
  const { contentMd5 } = input;
  const expectMd5 = contentMd5 === undefined ? undefined : parseContentMd5(contentMd5);
  checkPersistentHeaders(input.persistentHeaders ?? [], headers);
  const chosen = saysNothing(input) ? into.encryption : encryptionOf(input, into);
  const sealing = chosen && (await encryption.seal(chosen, into, input.key, authorization));
  try {
    const { record } = await store.putObject({
      bucket: into.name,
      incarnation: into.incarnation,
      key: input.key,
      body: (await input.body?.wholeIfShort()) ?? Buffer.alloc(0),
      size: input.body?.size,
      attributes: {
        storageClass: input.storageClass ?? into.storageClass,
        acl: input.objectAcl ?? 'default',
        owner: into.owner,
        headers: storedHeaders(input),
        metadata: Object.entries(input.metadata ?? {}),
        tags: tagPairs(input.tagging ?? []),
      },
      maxBytes: MAX_PUT_BYTES,
      expectMd5,
      expectCrc64: input.crc64,
      sealing,
      admit(existing) {
        admit(existing);
        if (input.forbidOverwrite === true && existing !== undefined)
          throw new OssError('ObjectExists');
      },
    });
    const output = { contentMd5: contentMd5Of(record), etag: record.etag, crc64: record.crc64 };
    const { sealing: sealed } = record;
    return { output: sealed ? { ...output, ...encryptionAnswerOf(sealed) } : output };
  } catch (error) {
    throw namingContentMd5(error, contentMd5);
  } finally {
    sealing?.dataKey.fill(0);
  }
});

/** Whether a request leaves encryption to the rule of the bucket. */
function saysNothing(input: InputOf<typeof PutObject, IncomingBody>): boolean {
  return (
    input.serverSideEncryption === undefined &&
    input.serverSideDataEncryption === undefined &&
    input.serverSideEncryptionKeyId === undefined &&
    input.serverSideEncryptionContext === undefined
  );
}

/** How an object is encrypted by what a put says of it, and by the rule of the bucket; throws what refuses that. */
export function encryptionOf(
  input: Pick<
    InputOf<typeof PutObject, IncomingBody>,
    | 'serverSideEncryption'
    | 'serverSideEncryptionKeyId'
    | 'serverSideDataEncryption'
    | 'serverSideEncryptionContext'
  >,
  { encryption }: BucketRecord,
): ChosenEncryption | undefined {
  const request = {
    method: input.serverSideEncryption,
    keyId: input.serverSideEncryptionKeyId,
    dataEncryption: input.serverSideDataEncryption,
    context: input.serverSideEncryptionContext,
  };
  return chooseEncryption(request, encryption);
}
