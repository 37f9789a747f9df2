/** The XML that is answered, element by element, in the shapes that OSS's clients read. */
import { parseXml, type XmlElement } from '@openoss/protocol';
import type { OpenOss } from 'openoss';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendSigned, type WireRequest } from '../support/http.js';
import { startOss } from '../support/start-oss.js';

const bucket = 'examplebucket';
let oss: OpenOss;
beforeAll(async () => {
  oss = await startOss({ buckets: [bucket] });
  const headers = { 'x-oss-tagging': 'a=1', 'x-oss-object-acl': 'public-read' };
  await sendSigned(oss, { method: 'PUT', bucket, key: 'dir/a', body: 'x', headers });
  await sendSigned(oss, { method: 'PUT', bucket, key: 'b', body: 'x' });
});
afterAll(() => oss.close());

/** A document as nested names, texts left out: `Owner(ID DisplayName)`. */
function outline({ name, children }: XmlElement): string {
  return children.length === 0 ? name : `${name}(${children.map(outline).join(' ')})`;
}

const owner = 'Owner(ID DisplayName)';
const contents = 'Key LastModified ETag Type Size StorageClass';

it.each([
  [
    'GET /',
    {},
    `ListAllMyBucketsResult(${owner} Buckets(Bucket(CreationDate ExtranetEndpoint IntranetEndpoint Location Name Region StorageClass)))`,
  ],
  [
    'GET / in pages',
    { query: [['max-keys', '1']] },
    `ListAllMyBucketsResult(Prefix Marker MaxKeys IsTruncated ${owner} Buckets(Bucket(CreationDate ExtranetEndpoint IntranetEndpoint Location Name Region StorageClass)))`,
  ],
  [
    'GET ?bucketInfo',
    { bucket, query: [['bucketInfo', null]] },
    `BucketInfo(Bucket(AccessMonitor CreationDate ExtranetEndpoint IntranetEndpoint Location StorageClass TransferAcceleration CrossRegionReplication DataRedundancyType Name ${owner} AccessControlList(Grant) ServerSideEncryptionRule(SSEAlgorithm) BucketPolicy(LogBucket LogPrefix) Comment BlockPublicAccess))`,
  ],
  ['GET ?location', { bucket, query: [['location', null]] }, 'LocationConstraint'],
  [
    'GET ?acl of a bucket',
    { bucket, query: [['acl', null]] },
    `AccessControlPolicy(${owner} AccessControlList(Grant))`,
  ],
  [
    'GET ?acl of an object',
    { bucket, key: 'b', query: [['acl', null]] },
    `AccessControlPolicy(${owner} AccessControlList(Grant))`,
  ],
  [
    'GET ?stat',
    { bucket, query: [['stat', null]] },
    'BucketStat(Storage ObjectCount MultipartUploadCount LiveChannelCount LastModifiedTime StandardStorage StandardObjectCount InfrequentAccessStorage InfrequentAccessRealStorage InfrequentAccessObjectCount ArchiveStorage ArchiveRealStorage ArchiveObjectCount ColdArchiveStorage ColdArchiveRealStorage ColdArchiveObjectCount DeepColdArchiveStorage DeepColdArchiveRealStorage DeepColdArchiveObjectCount MultipartPartCount DeleteMarkerCount)',
  ],
  [
    'GET bucket',
    {
      bucket,
      query: [
        ['delimiter', '/'],
        ['max-keys', '10'],
      ],
    },
    `ListBucketResult(Name Prefix Marker MaxKeys Delimiter IsTruncated Contents(${contents} ${owner}) CommonPrefixes(Prefix))`,
  ],
  [
    'GET bucket, cut short and encoded',
    {
      bucket,
      query: [
        ['max-keys', '1'],
        ['encoding-type', 'url'],
      ],
    },
    `ListBucketResult(Name Prefix Marker MaxKeys Delimiter EncodingType IsTruncated NextMarker Contents(${contents} ${owner}))`,
  ],
  [
    'GET ?list-type=2, cut short',
    {
      bucket,
      query: [
        ['list-type', '2'],
        ['max-keys', '1'],
        ['start-after', 'a'],
      ],
    },
    `ListBucketResult(Name Prefix StartAfter MaxKeys Delimiter IsTruncated NextContinuationToken KeyCount Contents(${contents}))`,
  ],
  [
    'GET ?tagging',
    { bucket, key: 'dir/a', query: [['tagging', null]] },
    'Tagging(TagSet(Tag(Key Value)))',
  ],
] as [string, WireRequest, string][])('%s', async (_what, request, expected) => {
  const { status, text, headers } = await sendSigned(oss, request);
  expect(status).toBe(200);
  expect(text.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n')).toBe(true);
  expect(outline(parseXml(text))).toBe(expected);
  expect(headers['content-type']).toBe('application/xml');
  expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
  // Times in OSS's form, wherever they stand.
  for (const [, time] of text.matchAll(/<(?:CreationDate|LastModified)>([^<]*)</g)) {
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
});
