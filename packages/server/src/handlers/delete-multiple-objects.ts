import {
  checkObjectKey,
  DeleteMultipleObjects,
  MAX_DELETED_OBJECTS,
  OssError,
} from '@openoss/protocol';
import { handler } from '../handler.js';
import { namedBucket } from '../objects/named-bucket.js';
import { urlEncoding } from '../objects/url-encoding.js';

/** How many deletions of one request are under way at a time. */
const CONCURRENCY = 64;

/**
 * Answers DeleteMultipleObjects. All names are checked, and every object authorized, before the
 * first is deleted: a request that is refused has deleted nothing.
 */
export const deleteMultipleObjects = handler(
  DeleteMultipleObjects,
  async ({ input, headers, bucket, store, authorization }) => {
    const from = namedBucket(bucket, input.bucket);
    // That the body has a length and a digest is this operation's own rule; that they are its own was
    // seen to when it was read.
    if (!headers.has('content-length')) throw new OssError('MissingContentLength');
    if (input.contentMd5 === undefined)
      throw new OssError('ContentMd5Missing', { details: { ArgumentName: 'Content-MD5' } });
    const { quiet = false, objects } = input.delete;
    if (objects.length === 0 || objects.length > MAX_DELETED_OBJECTS) {
      throw new OssError('MalformedXml', {
        details: {
          Reason: `a request deletes 1 to ${MAX_DELETED_OBJECTS} objects, not ${objects.length}`,
        },
      });
    }
    for (const { key } of objects) {
      checkObjectKey(key);
      authorization.checkObject(key, await store.getObject(from, key));
    }
    for (let at = 0; at < objects.length; at += CONCURRENCY) {
      await Promise.all(
        objects
          .slice(at, at + CONCURRENCY)
          .filter(
            ({ versionId }) => versionId === undefined || versionId === '' || versionId === 'null',
          )
          .map(({ key }) =>
            store.deleteObject(from, key, (existing) => authorization.checkObject(key, existing)),
          ),
      );
    }
    if (quiet) return { output: {} };
    const encode = urlEncoding(input.encodingType);
    return {
      output: {
        result: {
          encodingType: input.encodingType,
          deleted: objects.map(({ key, versionId }) => ({ key: encode(key), versionId })),
        },
      },
    };
  },
  { authorizesEachObject: true },
);
