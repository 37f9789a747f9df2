import { checkPersistentHeaders, MAX_PUT_BYTES, OssError, PutObject } from '@openoss/protocol';
import { handler } from '../handler.js';
import { namingContentMd5, parseContentMd5 } from '../http/content-md5.js';
import { contentMd5Of } from '../objects/describe-object.js';
import { namedBucket } from '../objects/named-bucket.js';
import { isPublicAcl, refuseIfBlocked } from '../objects/refuse-if-blocked.js';
import { storedHeaders } from '../objects/stored-headers.js';
import { tagPairs } from '../objects/tag-pairs.js';

/** Answers PutObject. */
export const putObject = handler(PutObject, async (context) => {
  const { input, headers, bucket, store, directory, admit } = context;
  const into = namedBucket(bucket, input.bucket);
  if (isPublicAcl(input.objectAcl)) {
    await refuseIfBlocked(directory, into, 'PublicObjectAclBlocked');
  }
  const { contentMd5 } = input;
  const expectMd5 = contentMd5 === undefined ? undefined : parseContentMd5(contentMd5);
  checkPersistentHeaders(input.persistentHeaders ?? [], headers);
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
      admit(existing) {
        admit(existing);
        if (input.forbidOverwrite === true && existing !== undefined)
          throw new OssError('ObjectExists');
      },
    });
    return {
      output: { contentMd5: contentMd5Of(record), etag: record.etag, crc64: record.crc64 },
    };
  } catch (error) {
    throw namingContentMd5(error, contentMd5);
  }
});
