/**
 * What each operation that is served needs permission for, as OSS documents it: the actions of
 * https://www.alibabacloud.com/help/en/oss/user-guide/authorization-syntax-and-elements and of the
 * operations' own pages, and what is answered to who has none (the pages on 403 errors and of the ECs).
 * Written from the documentation, not from the operations' descriptions, which tests hold against it.
 */
import { createHash } from 'node:crypto';
import type { WireRequest } from './http.js';

/** What an action is asked for on. */
export type ResourceKind = 'service' | 'bucket' | 'object';

/** A refusal's sentence and EC. */
export type Refusal = readonly [message: string, ec: string | undefined];

/** The bucket and the key that a row's requests are about. */
export interface Place {
  readonly bucket: string;
  readonly key: string;
}

export interface RequiredPermission {
  /** The operation's API name. */
  readonly operation: string;
  /** The input, as the operation's description calls it, that asks for more or for something else. */
  readonly with?: string;
  readonly request: (place: Place) => WireRequest;
  /** The operation's own first. */
  readonly actions: readonly (readonly [action: string, on: ResourceKind])[];
  /** What a RAM user sees, and another account, that nothing allows it. */
  readonly refusal: Refusal;
  /** What an anonymous request sees. */
  readonly anonymous: Refusal;
  /** Whether the bucket must not be there, and is made: then no bucket policy can speak of it. */
  readonly createsBucket?: true;
  /** What the owner does before each request that is to succeed. */
  readonly prepare?: (place: Place) => WireRequest;
}

const BUCKET_ACL: Refusal = [
  'You have no right to access this object because of bucket acl.',
  '0003-00000001',
];
const NOT_YOURS: Refusal = ['The bucket you access does not belong to you.', '0003-00000001'];
const NO_ANONYMOUS: Refusal = [
  'Anonymous access is forbidden for this operation.',
  '0003-00001201',
];
const READ_ACL: Refusal = ['You do not have read acl permission on this object.', '0003-00000007'];
const WRITE_ACL: Refusal = [
  'You do not have write acl permission on this object.',
  '0003-00000008',
];
/** What is missing is an action that the operation needs besides its own, or one that no ACL speaks of. */
export const MISSING: Refusal = ['You have no right to access this object.', '0003-00000905'];

type Row = Omit<RequiredPermission, 'operation'>;
type Query = NonNullable<WireRequest['query']>;

const of = (operation: string, ...rows: Row[]): RequiredPermission[] =>
  rows.map((row) => ({ operation, ...row }));

const md5 = (text: string): string => createHash('md5').update(text).digest('base64');

const put = (
  { bucket, key }: Place,
  headers: Readonly<Record<string, string>> = {},
): WireRequest => ({
  method: 'PUT',
  bucket,
  key,
  body: 'x',
  headers,
});
const putTagged = (place: Place): WireRequest => put(place, { 'x-oss-tagging': 'a=b' });
const putArchived = (place: Place): WireRequest => put(place, { 'x-oss-storage-class': 'Archive' });
const putBucket = ({ bucket }: Place): WireRequest => ({ method: 'PUT', bucket });

const block = (isOn: boolean): string =>
  `<PublicAccessBlockConfiguration><BlockPublicAccess>${isOn}</BlockPublicAccess></PublicAccessBlockConfiguration>`;
const tagging = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
const encryption =
  '<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>';
const policy = JSON.stringify({
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: 'oss:GetObject', Principal: ['1234'], Resource: '*' }],
});

/** A request about the service. */
const service =
  (method: string, query: Query = [], body?: string) =>
  (): WireRequest => ({ method, query, ...(body === undefined ? {} : { body }) });

/** A request about a bucket. */
const bucket =
  (method: string, query: Query = [], rest: Pick<WireRequest, 'body' | 'headers'> = {}) =>
  ({ bucket }: Place): WireRequest => ({ method, bucket, query, ...rest });

/** A request about an object. */
const object =
  (method: string, query: Query = [], rest: Pick<WireRequest, 'body' | 'headers'> = {}) =>
  ({ bucket, key }: Place): WireRequest => ({ method, bucket, key, query, ...rest });

const onService = (action: string, request: Row['request'], refusal = NOT_YOURS): Row => ({
  request,
  actions: [[action, 'service']],
  refusal,
  anonymous: NO_ANONYMOUS,
});
const onBucket = (action: string, request: Row['request'], more: Partial<Row> = {}): Row => ({
  request,
  actions: [[action, 'bucket']],
  refusal: NOT_YOURS,
  anonymous: NO_ANONYMOUS,
  ...more,
});
/** What ACLs speak of. */
const onData = (action: string, request: Row['request'], more: Partial<Row> = {}): Row => ({
  request,
  actions: [[action, 'object']],
  refusal: BUCKET_ACL,
  anonymous: BUCKET_ACL,
  ...more,
});
const onObject = (
  action: string,
  request: Row['request'],
  refusal: Refusal = MISSING,
  more: Partial<Row> = {},
): Row => ({
  request,
  actions: [[action, 'object']],
  refusal,
  anonymous: refusal === MISSING ? NO_ANONYMOUS : refusal,
  ...more,
});

/** An operation on an object, and the same on a version of it, which has an action of its own. */
const versioned = (
  action: string,
  ofVersion: string,
  row: (action: string, version: Query) => Row,
): Row[] => [row(action, []), { ...row(ofVersion, [['versionId', 'null']]), with: 'versionId' }];

const acl = { headers: { 'x-oss-acl': 'private' } };
const objectAcl = { headers: { 'x-oss-object-acl': 'private' } };
const deletion = (key: string): Pick<WireRequest, 'body' | 'headers'> => {
  const body = `<Delete><Object><Key>${key}</Key></Object></Delete>`;
  return { body, headers: { 'Content-MD5': md5(body) } };
};

export const requiredPermissions: readonly RequiredPermission[] = [
  ...of(
    'ListBuckets',
    onService('oss:ListBuckets', service('GET'), ['You are forbidden to list buckets.', undefined]),
  ),
  ...of(
    'PutPublicAccessBlock',
    onService(
      'oss:PutPublicAccessBlock',
      service('PUT', [['publicAccessBlock', null]], block(false)),
    ),
  ),
  ...of(
    'GetPublicAccessBlock',
    onService('oss:GetPublicAccessBlock', service('GET', [['publicAccessBlock', null]])),
  ),
  ...of(
    'DeletePublicAccessBlock',
    onService('oss:DeletePublicAccessBlock', service('DELETE', [['publicAccessBlock', null]])),
  ),

  ...of(
    'PutBucket',
    onBucket('oss:PutBucket', putBucket, { createsBucket: true }),
    // An ACL that a bucket is made with needs nothing more.
    onBucket('oss:PutBucket', bucket('PUT', [], acl), { createsBucket: true }),
  ),
  ...of('DeleteBucket', onBucket('oss:DeleteBucket', bucket('DELETE'), { prepare: putBucket })),
  ...of('GetBucketInfo', onBucket('oss:GetBucketInfo', bucket('GET', [['bucketInfo', null]]))),
  ...of(
    'GetBucketLocation',
    onBucket('oss:GetBucketLocation', bucket('GET', [['location', null]])),
  ),
  ...of('GetBucketStat', onBucket('oss:GetBucketStat', bucket('GET', [['stat', null]]))),
  ...of('GetBucketAcl', onBucket('oss:GetBucketAcl', bucket('GET', [['acl', null]]))),
  ...of(
    'PutBucketAcl',
    onBucket('oss:PutBucketAcl', bucket('PUT', [['acl', null]], acl)),
    // It makes a bucket that is not there.
    onBucket('oss:PutBucketAcl', bucket('PUT', [['acl', null]], acl), {
      actions: [
        ['oss:PutBucketAcl', 'bucket'],
        ['oss:PutBucket', 'bucket'],
      ],
      createsBucket: true,
    }),
  ),
  ...of(
    'PutBucketPolicy',
    onBucket('oss:PutBucketPolicy', bucket('PUT', [['policy', null]], { body: policy })),
  ),
  ...of(
    'GetBucketPolicy',
    onBucket('oss:GetBucketPolicy', bucket('GET', [['policy', null]]), {
      prepare: bucket('PUT', [['policy', null]], { body: policy }),
    }),
  ),
  ...of(
    'DeleteBucketPolicy',
    onBucket('oss:DeleteBucketPolicy', bucket('DELETE', [['policy', null]])),
  ),
  ...of(
    'GetBucketPolicyStatus',
    onBucket('oss:GetBucketPolicyStatus', bucket('GET', [['policyStatus', null]]), {
      prepare: bucket('PUT', [['policy', null]], { body: policy }),
    }),
  ),
  ...of(
    'PutBucketPublicAccessBlock',
    onBucket(
      'oss:PutBucketPublicAccessBlock',
      bucket('PUT', [['publicAccessBlock', null]], { body: block(true) }),
    ),
  ),
  ...of(
    'GetBucketPublicAccessBlock',
    onBucket('oss:GetBucketPublicAccessBlock', bucket('GET', [['publicAccessBlock', null]])),
  ),
  ...of(
    'DeleteBucketPublicAccessBlock',
    onBucket('oss:DeleteBucketPublicAccessBlock', bucket('DELETE', [['publicAccessBlock', null]])),
  ),
  ...of(
    'PutBucketEncryption',
    onBucket(
      'oss:PutBucketEncryption',
      bucket('PUT', [['encryption', null]], { body: encryption }),
    ),
  ),
  ...of(
    'GetBucketEncryption',
    onBucket('oss:GetBucketEncryption', bucket('GET', [['encryption', null]]), {
      prepare: bucket('PUT', [['encryption', null]], { body: encryption }),
    }),
  ),
  ...of(
    'DeleteBucketEncryption',
    onBucket('oss:DeleteBucketEncryption', bucket('DELETE', [['encryption', null]])),
  ),
  ...of('ListObjects', onBucket('oss:ListObjects', bucket('GET'))),
  ...of('ListObjectsV2', onBucket('oss:ListObjects', bucket('GET', [['list-type', '2']]))),
  ...of(
    'DeleteMultipleObjects',
    onData(
      'oss:DeleteObject',
      (place) => bucket('POST', [['delete', null]], deletion(place.key))(place),
      { prepare: putTagged },
    ),
  ),

  ...of(
    'PutObject',
    onData('oss:PutObject', put),
    onData('oss:PutObject', putTagged, {
      with: 'tagging',
      actions: [
        ['oss:PutObject', 'object'],
        ['oss:PutObjectTagging', 'object'],
      ],
    }),
    // The table of actions has nothing for an ACL; the condition oss:x-oss-object-acl restricts it.
    onData('oss:PutObject', (place) => put(place, { 'x-oss-object-acl': 'public-read' }), {
      prepare: put,
    }),
  ),
  ...of(
    'GetObject',
    ...versioned('oss:GetObject', 'oss:GetObjectVersion', (action, version) =>
      onData(action, object('GET', version), { prepare: putTagged }),
    ),
  ),
  ...of(
    'HeadObject',
    onData('oss:GetObject', object('HEAD'), { prepare: putTagged }),
    onData('oss:GetObject', object('HEAD', [['versionId', 'null']]), { prepare: putTagged }),
  ),
  ...of(
    'GetObjectMeta',
    onData('oss:GetObject', object('HEAD', [['objectMeta', null]]), { prepare: putTagged }),
  ),
  ...of(
    'DeleteObject',
    ...versioned('oss:DeleteObject', 'oss:DeleteObjectVersion', (action, version) =>
      onData(action, object('DELETE', version), { prepare: putTagged }),
    ),
  ),
  ...of(
    'GetObjectAcl',
    ...versioned('oss:GetObjectAcl', 'oss:GetObjectVersionAcl', (action, version) =>
      onObject(action, object('GET', [['acl', null], ...version]), READ_ACL),
    ),
  ),
  ...of(
    'PutObjectAcl',
    ...versioned('oss:PutObjectAcl', 'oss:PutObjectVersionAcl', (action, version) =>
      onObject(action, object('PUT', [['acl', null], ...version], objectAcl), WRITE_ACL),
    ),
  ),
  ...of(
    'GetObjectTagging',
    ...versioned('oss:GetObjectTagging', 'oss:GetObjectVersionTagging', (action, version) =>
      onObject(action, object('GET', [['tagging', null], ...version])),
    ),
  ),
  ...of(
    'PutObjectTagging',
    ...versioned('oss:PutObjectTagging', 'oss:PutObjectVersionTagging', (action, version) =>
      onObject(action, object('PUT', [['tagging', null], ...version], { body: tagging })),
    ),
  ),
  ...of(
    'DeleteObjectTagging',
    ...versioned('oss:DeleteObjectTagging', 'oss:DeleteObjectVersionTagging', (action, version) =>
      onObject(action, object('DELETE', [['tagging', null], ...version])),
    ),
  ),
  ...of(
    'RestoreObject',
    ...versioned('oss:RestoreObject', 'oss:RestoreObjectVersion', (action, version) =>
      onObject(action, object('POST', [['restore', null], ...version]), MISSING, {
        prepare: putArchived,
      }),
    ),
  ),
];
