import { GetObject, OssError } from '@openoss/protocol';
import { handler } from '../handler.js';
import { readRange } from '../objects/byte-range.js';
import { describeObject } from '../objects/describe-object.js';
import { namedBucket } from '../objects/named-bucket.js';
import { noSuchKey } from '../objects/no-such-key.js';
import { checkReadConditions } from '../objects/read-conditions.js';
import { readOpened } from '../objects/read-opened.js';
import { isReadable } from '../objects/restoration.js';
import { checkVersion } from '../objects/version-of-object.js';

/** Answers GetObject. */
export const getObject = handler(
  GetObject,
  async ({ input, bucket, caller, store, settings, admit }) => {
    const from = namedBucket(bucket, input.bucket).name;
    const overrides = Object.fromEntries(
      Object.entries({
        contentType: input.responseContentType,
        contentLanguage: input.responseContentLanguage,
        expires: input.responseExpires,
        cacheControl: input.responseCacheControl,
        contentDisposition: input.responseContentDisposition,
        contentEncoding: input.responseContentEncoding,
      }).filter(([, value]) => value !== undefined),
    );
    if (Object.keys(overrides).length > 0 && caller.accessKeyId === undefined) {
      throw new OssError('ResponseHeaderOverrideAnonymous');
    }
    checkVersion(input.versionId, from, input.key);

    const now = settings.now();
    let whole = true;
    const object = await store.openObject(from, input.key, (record) => {
      admit(record);
      checkReadConditions(input, record, now);
      if (!isReadable(record, now)) throw new OssError('ObjectArchived');
      const range = readRange(input.range, record.size, input.rangeBehavior === 'standard');
      if (range === 'unsatisfiable') throw unsatisfiable(input.range, record.size);
      whole = range === 'whole';
      return range === 'whole' ? undefined : range;
    });
    if (object === undefined) throw noSuchKey(input.key);
    const { record, range } = object;
    const described = {
      ...describeObject(record, caller, now),
      ...overrides,
      body: readOpened(object),
    };
    if (whole) return { output: described };
    return {
      status: 206,
      output: {
        ...described,
        contentLength: range.end - range.start,
        contentRange: `bytes ${range.start}-${range.end - 1}/${record.size}`,
      },
    };
  },
);

function unsatisfiable(range: string | undefined, size: number): OssError {
  return new OssError('InvalidRange', {
    details: { ActualObjectSize: String(size), RangeRequested: range ?? '' },
    headers: { 'Content-Range': `bytes */${size}` },
  });
}
