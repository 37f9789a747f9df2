import { GetBucketStat, type StorageClass } from '@openoss/protocol';
import { handler } from '../handler.js';
import { namedBucket } from '../objects/named-bucket.js';

/**
 * Answers GetBucketStat. OSS bills colder classes for at least 64 KB an object and calls the billed
 * size `…Storage`, the true one `…RealStorage`; nobody is billed here, so both are the true size.
 */
export const getBucketStat = handler(GetBucketStat, async ({ input, bucket, store, settings }) => {
  const statistics = await store.bucketStatistics(namedBucket(bucket, input.bucket));
  const of = (storageClass: StorageClass) => statistics.byStorageClass[storageClass];
  return {
    output: {
      result: {
        storage: statistics.bytes,
        objectCount: statistics.objects,
        multipartUploadCount: 0,
        liveChannelCount: 0,
        lastModifiedTime: Math.floor(settings.now() / 1000),
        standardStorage: of('Standard').bytes,
        standardObjectCount: of('Standard').objects,
        infrequentAccessStorage: of('IA').bytes,
        infrequentAccessRealStorage: of('IA').bytes,
        infrequentAccessObjectCount: of('IA').objects,
        archiveStorage: of('Archive').bytes,
        archiveRealStorage: of('Archive').bytes,
        archiveObjectCount: of('Archive').objects,
        coldArchiveStorage: of('ColdArchive').bytes,
        coldArchiveRealStorage: of('ColdArchive').bytes,
        coldArchiveObjectCount: of('ColdArchive').objects,
        deepColdArchiveStorage: of('DeepColdArchive').bytes,
        deepColdArchiveRealStorage: of('DeepColdArchive').bytes,
        deepColdArchiveObjectCount: of('DeepColdArchive').objects,
        multipartPartCount: 0,
        deleteMarkerCount: 0,
      },
    },
  };
});
