/**
 * Every refusal OSS can answer, once, keyed by its cause.
 *
 * One OSS code has many causes (`AccessDenied` alone a dozen), and each cause has its own EC and
 * sentence; scripts grep all three, so they are data here and nowhere else. `source` says where the
 * row comes from: `doc` an Alibaba Cloud help page (for an EC: the page of that EC), `sdk` an
 * official SDK's source or tests, `observed` several independent reports of the live service,
 * `openoss` our own decision where nothing is published.
 */

/** Where a row of the catalogue comes from. */
export type ErrorSource = 'doc' | 'sdk' | 'observed' | 'openoss';

/** What is fixed about a refusal: its OSS code, HTTP status, sentence and error case (EC). */
export interface ErrorDescription {
  readonly code: string;
  readonly status: number;
  /** The sentence a client sees; a thrower may replace it where OSS words it by the case. */
  readonly message: string;
  /** The EC, `NNNN-NNNNNNNN`, where one is published. */
  readonly ec?: string;
  readonly source: ErrorSource;
}

function describe<const K extends string>(
  rows: Record<K, ErrorDescription>,
): Readonly<Record<K, ErrorDescription>> {
  return rows;
}

const badArgument = (
  message: string,
  ec?: string,
  source: ErrorSource = 'doc',
): ErrorDescription => ({
  code: 'InvalidArgument',
  status: 400,
  message,
  source,
  ...(ec === undefined ? {} : { ec }),
});

const denied = (message: string, ec?: string, source: ErrorSource = 'doc'): ErrorDescription => ({
  code: 'AccessDenied',
  status: 403,
  message,
  source,
  ...(ec === undefined ? {} : { ec }),
});

// The sentences are ours, and tell the place; the pages of the ECs show none.
const badPolicy = (message: string, ec: string): ErrorDescription => ({
  code: 'InvalidPolicyDocument',
  status: 400,
  message,
  ec,
  source: 'doc',
});

const objectNameRefused = (message: string, ec: string): ErrorDescription => ({
  code: 'InvalidObjectName',
  status: 400,
  message,
  ec,
  source: 'doc',
});

const urlV1Incomplete = (ec: string): ErrorDescription =>
  denied(
    'Query-string authentication requires the Signature, Expires and OSSAccessKeyId parameters',
    ec,
  );

// The sentence is ours, after those of the other versions: the pages of the ECs show none.
const urlV2Incomplete = (ec: string): ErrorDescription =>
  denied(
    'Query-string authentication version 2 requires the x-oss-access-key-id, x-oss-signature-version, x-oss-signature, and x-oss-expires parameters.',
    ec,
  );

const urlV4Incomplete = (ec: string): ErrorDescription =>
  denied(
    'Query-string authentication version 4 requires the x-oss-credential, x-oss-signature-version, x-oss-signature, x-oss-date, and x-oss-expires parameters.',
    ec,
  );

// The EC tells the version, not the place (the pages of 0002-00000040, -101 and -201).
const signatureMismatch = (ec: string): ErrorDescription => ({
  code: 'SignatureDoesNotMatch',
  status: 403,
  message:
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ec,
  source: 'doc',
});

const bucketExists = (message: string, ec?: string): ErrorDescription => ({
  code: 'BucketAlreadyExists',
  status: 409,
  message,
  source: 'doc',
  ...(ec === undefined ? {} : { ec }),
});

const BUCKET_NAME_TAKEN =
  'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.';

/** The catalogue. Keys are causes; `ErrorKind` is their union. */
export const errorCatalogue = describe({
  // --- the request line and its framing -------------------------------------------------------
  MalformedRequest: {
    code: 'InvalidRequest',
    status: 400,
    message: 'The request is not a well-formed HTTP request.',
    source: 'openoss',
  },
  RequestHeadersTooLarge: {
    code: 'RequestHeaderTooLarge',
    status: 400,
    message: 'The headers of the request exceed the maximum allowed size.',
    source: 'openoss',
  },
  UnknownExpectation: {
    code: 'ExpectationFailed',
    status: 417,
    message: 'The Expect header of the request names an expectation that cannot be met.',
    source: 'openoss',
  },
  InvalidUri: {
    code: 'InvalidURI',
    status: 400,
    message: "Couldn't parse the specified URI.",
    source: 'doc',
  },
  MethodNotAllowed: {
    code: 'MethodNotAllowed',
    status: 405,
    message: 'The specified method is not allowed against this resource.',
    source: 'doc',
  },
  OperationNotImplemented: {
    code: 'NotImplemented',
    status: 400,
    message: 'This server does not implement the operation that the request asks for.',
    source: 'openoss',
  },
  HeaderNotImplemented: {
    code: 'NotImplemented',
    status: 400,
    message: 'A header you provided implies functionality that is not implemented.',
    ec: '0017-00000245',
    source: 'doc',
  },
  ParameterNotImplemented: {
    code: 'NotImplemented',
    status: 400,
    message: 'A query parameter you provided implies functionality that is not implemented.',
    source: 'openoss',
  },
  NonStandardHostForbidden: {
    code: 'NonStandardHostForbidden',
    status: 403,
    message: 'The host of the request does not belong to this service.',
    source: 'doc',
  },
  EndpointMismatch: denied(
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
  ),
  InternalError: {
    code: 'InternalError',
    status: 500,
    message: 'Please contact the server administrator, oss@service.aliyun.com.',
    source: 'doc',
  },
  ServiceUnavailable: {
    code: 'ServiceUnavailable',
    status: 503,
    message: 'Please reduce your request rate.',
    source: 'doc',
  },
  StorageFull: {
    code: 'ServiceUnavailable',
    status: 503,
    message:
      'The server has no space left to store objects. Objects can be read and deleted; puts are taken again when objects were deleted or its operator has made space.',
    source: 'openoss',
  },
  StorageExhausted: {
    code: 'ServiceUnavailable',
    status: 503,
    message:
      'The disk of the server is full: nothing can be stored, changed or deleted until its operator makes space. Objects can be read.',
    source: 'openoss',
  },
  ServiceStopping: {
    code: 'ServiceUnavailable',
    status: 503,
    message: 'The server is shutting down. Please try again.',
    source: 'openoss',
  },

  // --- the body --------------------------------------------------------------------------------
  MissingContentLength: {
    code: 'MissingContentLength',
    status: 411,
    message: 'You must provide the Content-Length HTTP header.',
    ec: '0017-00000101',
    source: 'doc',
  },
  ContentLengthNotInteger: badArgument(
    'The Content-Length header must be a non-negative integer.',
    '0017-00000103',
  ),
  EntityTooLarge: {
    code: 'EntityTooLarge',
    status: 400,
    message: 'Your proposed upload exceeds the maximum allowed size.',
    source: 'doc',
  },
  IncompleteBody: {
    code: 'IncompleteBody',
    status: 400,
    message: 'You did not provide the number of bytes specified by the Content-Length HTTP header.',
    ec: '0017-00000505',
    source: 'doc',
  },
  RequestTimeout: {
    code: 'RequestTimeout',
    status: 400,
    message:
      'Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.',
    source: 'doc',
  },
  ContentMd5Malformed: {
    code: 'InvalidDigest',
    status: 400,
    message: 'The Content-MD5 you specified was invalid.',
    ec: '0017-00000502',
    source: 'doc',
  },
  ContentMd5Mismatch: {
    code: 'InvalidDigest',
    status: 400,
    message: 'The Content-MD5 you specified was invalid.',
    ec: '0017-00000503',
    source: 'doc',
  },
  ContentMd5Missing: {
    code: 'MissingArgument',
    status: 400,
    message: 'Missing Some Required Arguments.',
    ec: '0016-00000502',
    source: 'doc',
  },
  Crc64Malformed: badArgument(
    'The x-oss-hash-crc64ecma header must be an unsigned 64-bit decimal number.',
    undefined,
    'openoss',
  ),
  Crc64Mismatch: {
    code: 'InvalidCRC64',
    status: 400,
    message: 'The x-oss-hash-crc64ecma you specified does not match what we calculated.',
    source: 'doc',
  },
  MalformedXml: {
    code: 'MalformedXML',
    status: 400,
    message:
      'The XML you provided was not well-formed or did not validate against our published schema.',
    source: 'doc',
  },

  // --- arguments -------------------------------------------------------------------------------
  InvalidArgument: badArgument('The argument is invalid.'),
  MissingArgument: {
    code: 'MissingArgument',
    status: 400,
    message: 'Missing Some Required Arguments.',
    ec: '0016-00000502',
    source: 'doc',
  },
  ForbidOverwriteNotBoolean: badArgument(
    'The value of x-oss-forbid-overwrite must be true or false.',
    '0017-00000279',
  ),
  ObjectAclInvalid: badArgument('The value of x-oss-object-acl is invalid.', '0017-00000104'),
  ObjectAclEmpty: badArgument('The value of x-oss-object-acl can not be empty.', '0017-00000105'),
  BucketAclInvalid: badArgument('no such bucket access control exists', '0015-00000204'),
  StorageClassInvalid: badArgument('The value of x-oss-storage-class is invalid.', '0017-00000132'),
  StorageClassEmpty: badArgument(
    'The value of x-oss-storage-class can not be empty.',
    '0017-00000131',
  ),
  BucketStorageClassInvalid: badArgument('No such bucket storage class exists.', '0013-00000101'),
  MetadataTooLarge: badArgument('Meta is too large.', '0011-00000002'),
  MetadataNameInvalid: badArgument(
    'The name of a user metadata header contains characters that are not supported.',
    '0011-00000005',
  ),
  PersistentHeadersInvalid: badArgument('The x-oss-persistent-headers header is invalid.'),
  VersionIdInvalid: badArgument('Invalid version id specified.'),
  VersionIdEmpty: badArgument('Version id can not be the empty string.'),
  MaxKeysInvalid: badArgument('Argument max-keys must be an integer between 1 and 1000.'),
  EncodingTypeInvalid: badArgument('Invalid Encoding Method specified in Request'),
  ListTypeInvalid: badArgument('The value of list-type must be 2.', undefined, 'openoss'),
  ContinuationTokenInvalid: badArgument(
    'The continuation token provided is incorrect.',
    undefined,
    'sdk',
  ),
  ResponseHeaderOverrideAnonymous: {
    code: 'InvalidRequest',
    status: 400,
    message: 'The response-* query parameters can only be used by a signed request.',
    source: 'doc',
  },

  // --- server-side encryption, and the keys of KMS ---------------------------------------------
  EncryptionHeaderNotApplicable: badArgument(
    'The server-side encryption headers are not supported by this operation.',
    '0005-00000002',
  ),
  EncryptionAlgorithmInvalid: {
    code: 'InvalidEncryptionAlgorithmError',
    status: 400,
    message: 'The Encryption request you specified is not valid. Supported value: AES256/SM4/KMS.',
    ec: '0005-00000003',
    source: 'doc',
  },
  DataEncryptionAlgorithmInvalid: {
    code: 'InvalidDataEncryptionAlgorithmError',
    status: 400,
    message: 'The KMS Data Encryption request you specified is not valid. Supported value:SM4',
    source: 'doc',
  },
  // The page of this EC shows the fault and no answer; the sentence is that of the same fault in a header.
  BucketDataEncryptionInvalid: {
    code: 'InvalidDataEncryptionAlgorithmError',
    status: 400,
    message: 'The KMS Data Encryption request you specified is not valid. Supported value:SM4',
    ec: '0005-00000203',
    source: 'doc',
  },
  BucketKeyIdNotApplicable: badArgument(
    'KMSMasterKeyID is not applicable if the default sse algorithm is not KMS',
    '0005-00000204',
  ),
  EncryptionKeyIdEmpty: badArgument(
    'The value of x-oss-server-side-encryption-key-id can not be empty.',
    '0005-00000205',
  ),
  // What OSS answers here is not published. To take the header would be to pass over the key it names.
  EncryptionKeyIdNotApplicable: badArgument(
    'The x-oss-server-side-encryption-key-id header is not applicable if the object is not encrypted with KMS.',
    undefined,
    'openoss',
  ),
  EncryptionContextNotApplicable: badArgument(
    'The x-oss-server-side-encryption-context header is only applicable if a KMS key is specified.',
    '0005-00000228',
  ),
  EncryptionContextInvalid: badArgument(
    'The value of x-oss-server-side-encryption-context must be a JSON object of strings.',
    '0005-00000230',
  ),
  CipherNotAvailable: {
    code: 'NotImplemented',
    status: 400,
    message: 'The OpenSSL of this server has not what this encryption takes.',
    source: 'openoss',
  },
  NoSuchServerSideEncryptionRule: {
    code: 'NoSuchServerSideEncryptionRule',
    status: 404,
    message: 'The server side encryption configuration was not found.',
    ec: '0005-00000004',
    source: 'doc',
  },
  KmsKeyIdInvalid: {
    code: 'InvalidParameter',
    status: 400,
    message: 'The specified parameter KMS keyId is not valid.',
    source: 'doc',
  },
  KmsKeyNotFound: {
    code: 'KeyNotFound',
    status: 404,
    message: 'The specified parameter KMS keyId is not found.',
    ec: '0005-00000208',
    source: 'doc',
  },
  // The page of this EC shows the fault and no answer; code and sentence are those of KMS.
  KmsKeyVersionNotFound: {
    code: 'KeyVersionNotFound',
    status: 404,
    message: 'The specified Key version is not found.',
    ec: '0005-00000224',
    source: 'doc',
  },
  KmsAliasNotFound: {
    code: 'AliasNotFound',
    status: 404,
    message: 'The specified Alias is not found.',
    source: 'doc',
  },
  KmsKeyDisabled: {
    code: 'KeyDisabled',
    status: 409,
    message: 'The request was rejected because the key state is Disabled.',
    ec: '0005-00000214',
    source: 'doc',
  },
  KmsKeyPendingDeletion: {
    code: 'KeyPendingDeletion',
    status: 409,
    message: 'The request was rejected because the key state is PendingDeletion.',
    ec: '0005-00000215',
    source: 'doc',
  },
  KmsKeyPendingImport: {
    code: 'KeyPendingImport',
    status: 409,
    message: 'The request was rejected because the key state is PendingImport.',
    source: 'doc',
  },
  KmsServiceNotEnabled: {
    code: 'KmsServiceNotEnabled',
    status: 403,
    message: 'This user does not turn on KMS service.',
    ec: '0005-00000218',
    source: 'doc',
  },
  DeniedByKms: denied('This request is forbidden by kms.'),
  KmsUnavailable: {
    code: 'ServiceUnavailable',
    status: 503,
    message: 'The key management service does not answer. Please try again.',
    source: 'openoss',
  },
  KeyringLocked: {
    code: 'ServiceUnavailable',
    status: 503,
    message:
      'The key ring of the server is locked: what is encrypted can be neither read nor written until its operator gives it its root key.',
    source: 'openoss',
  },

  // --- tags ------------------------------------------------------------------------------------
  TagHeaderMalformed: badArgument(
    "The header 'x-oss-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    '0010-00000219',
  ),
  TagKeyInvalid: {
    code: 'InvalidTag',
    status: 400,
    message: 'The TagKey you have provided is invalid.',
    ec: '0010-00000217',
    source: 'doc',
  },
  TagValueInvalid: {
    code: 'InvalidTag',
    status: 400,
    message: 'The TagValue you have provided is invalid.',
    ec: '0010-00000217',
    source: 'doc',
  },
  TagKeyTooLong: {
    code: 'InvalidTaggingKey',
    status: 400,
    message: 'The tagging key you provided is invalid.',
    ec: '0010-00000209',
    source: 'doc',
  },
  TagsRepeated: {
    code: 'RepeatedTags',
    status: 400,
    message: 'Tag keys must be unique.',
    ec: '0010-00000210',
    source: 'doc',
  },
  TooManyObjectTags: {
    code: 'TooManyTags',
    status: 400,
    message: 'Object tags cannot be greater than 10.',
    ec: '0010-00000218',
    source: 'doc',
  },

  // --- buckets ---------------------------------------------------------------------------------
  InvalidBucketName: {
    code: 'InvalidBucketName',
    status: 400,
    message: 'The specified bucket is not valid.',
    ec: '0015-00000001',
    source: 'doc',
  },
  NoSuchBucket: {
    code: 'NoSuchBucket',
    status: 404,
    message: 'The specified bucket does not exist.',
    ec: '0015-00000101',
    source: 'doc',
  },
  // Another account's.
  BucketAlreadyExists: bucketExists(BUCKET_NAME_TAKEN, '0015-00000102'),
  // The caller's account's: only the account itself may ask for it again, and who may not set its ACL
  // may not by this way either.
  BucketAlreadyOwned: bucketExists(BUCKET_NAME_TAKEN, '0015-00000104'),
  BucketClassFixed: bucketExists("Cannot modify existing bucket's storage class"),
  BucketRedundancyFixed: bucketExists(
    "Bucket already exists can't modify data redundancy type.",
    '0015-00000228',
  ),
  BucketNotEmpty: {
    code: 'BucketNotEmpty',
    status: 409,
    message: 'The bucket has objects. Please delete them first.',
    ec: '0015-00000301',
    source: 'doc',
  },

  NoSuchBucketPolicy: {
    code: 'NoSuchBucketPolicy',
    status: 404,
    message: 'The specified bucket policy does not exist.',
    ec: '0030-00000006',
    source: 'doc',
  },
  PolicyTooLong: badPolicy('The policy document is longer than 16 KB.', '0030-00000001'),
  PolicyVersionInvalid: badPolicy('The Version of a policy must be "1".', '0030-00000002'),
  PolicyValueTooLong: badPolicy('A value in the policy document is too long.', '0030-00000003'),
  PolicyInvalid: badPolicy('The policy document is invalid.', '0030-00000005'),
  PolicyConsecutiveStars: badPolicy(
    'A value in the policy document has consecutive asterisks.',
    '0030-00000007',
  ),

  // --- objects ---------------------------------------------------------------------------------
  ObjectNameEmpty: objectNameRefused('The Object name can not be empty', '0016-00000001'),
  ObjectNameNotUtf8: objectNameRefused('The specified object is not valid.', '0016-00000002'),
  ObjectNameTooLong: objectNameRefused(
    'The Length of Object name must be less than 1024.',
    '0016-00000003',
  ),
  ObjectNameLeadingSlash: objectNameRefused('The specified object is not valid.', '0016-00000005'),
  NoSuchKey: {
    code: 'NoSuchKey',
    status: 404,
    message: 'The specified key does not exist.',
    ec: '0026-00000001',
    source: 'doc',
  },
  NoSuchVersion: {
    code: 'NoSuchVersion',
    status: 404,
    message: 'The specified version does not exist.',
    source: 'doc',
  },
  ObjectExists: {
    code: 'FileAlreadyExists',
    status: 409,
    message: 'The object you specified already exists and can not be overwritten.',
    ec: '0026-00000002',
    source: 'doc',
  },
  StaleFile: {
    code: 'StaleFile',
    status: 409,
    message: 'The object was modified by another request at the same time. Please try again.',
    ec: '0026-00000004',
    source: 'doc',
  },
  PreconditionFailed: {
    code: 'PreconditionFailed',
    status: 412,
    message: 'At least one of the pre-conditions you specified did not hold.',
    source: 'doc',
  },
  NotModified: { code: 'NotModified', status: 304, message: 'Not Modified', source: 'doc' },
  InvalidRange: {
    code: 'InvalidRange',
    status: 416,
    message: 'The requested range cannot be satisfied.',
    source: 'doc',
  },
  ObjectArchived: {
    code: 'InvalidObjectState',
    status: 403,
    message: "The operation is not valid for the object's state.",
    ec: '0016-00000701',
    source: 'doc',
  },
  RestoreAlreadyInProgress: {
    code: 'RestoreAlreadyInProgress',
    status: 409,
    message: 'The restore operation is in progress.',
    source: 'doc',
  },
  RestoreNotApplicable: {
    code: 'OperationNotSupported',
    status: 400,
    message: 'The operation is not supported for this resource.',
    source: 'doc',
  },

  // --- who is asking ---------------------------------------------------------------------------
  AuthorizationTwice: badArgument(
    'Only one authentication method may be used: the Authorization header or a signature in the URL, not both.',
    '0002-00000039',
  ),
  // The Authorization header, version 1.
  AuthorizationSchemeInvalid: badArgument('Authorization header is invalid.', '0002-00000061'),
  AuthorizationColonMissing: badArgument('Authorization header is invalid.', '0002-00000062'),
  AuthorizationAccessKeyIdEmpty: badArgument('Authorization header is invalid.', '0002-00000063'),
  AuthorizationAccessKeyIdInvalid: badArgument('Authorization header is invalid.', '0002-00000064'),
  AuthorizationSignatureEmpty: badArgument('Authorization header is invalid.', '0002-00000065'),
  // The Authorization header, version 2.
  AuthorizationV2FieldCount: badArgument('Authorization header is invalid.', '0002-00000102'),
  AuthorizationV2FieldMalformed: badArgument('Authorization header is invalid.', '0002-00000103'),
  AuthorizationV2FieldUnknown: badArgument('Authorization header is invalid.', '0002-00000104'),
  AuthorizationV2AccessKeyIdMissing: badArgument(
    'Authorization header is invalid.',
    '0002-00000105',
  ),
  AuthorizationV2AccessKeyIdEmpty: badArgument('Authorization header is invalid.', '0002-00000106'),
  AuthorizationV2AccessKeyIdInvalid: badArgument(
    'Authorization header is invalid.',
    '0002-00000107',
  ),
  AuthorizationV2SignatureMissing: badArgument('Authorization header is invalid.', '0002-00000108'),
  AuthorizationV2SignatureEmpty: badArgument('Authorization header is invalid.', '0002-00000109'),
  AuthorizationV2AdditionalHeadersEmpty: badArgument(
    'Invalid additional headers in Authorization header.',
    '0002-00000110',
  ),
  AuthorizationV2AdditionalHeaderEmpty: badArgument(
    'Invalid additional headers in Authorization header.',
    '0002-00000111',
  ),
  AuthorizationV2AdditionalHeaderMissing: badArgument(
    'Invalid additional headers in Authorization header.',
    '0002-00000112',
  ),
  // The Authorization header, version 4.
  AuthorizationV4FieldCount: badArgument('Authorization header is invalid.', '0002-00000202'),
  AuthorizationV4FieldMalformed: badArgument('Authorization header is invalid.', '0002-00000203'),
  AuthorizationV4FieldUnknown: badArgument('Authorization header is invalid.', '0002-00000204'),
  AuthorizationV4CredentialMissing: badArgument(
    'Authorization header is invalid.',
    '0002-00000205',
  ),
  AuthorizationV4AccessKeyIdInvalid: badArgument(
    'Authorization header is invalid.',
    '0002-00000206',
  ),
  AuthorizationV4SignatureMissing: badArgument('Authorization header is invalid.', '0002-00000207'),
  AuthorizationV4SignatureEmpty: badArgument('Authorization header is invalid.', '0002-00000208'),
  AuthorizationV4CredentialInvalid: badArgument(
    'Authorization header is invalid.',
    '0002-00000213',
  ),
  AdditionalHeadersInvalid: badArgument(
    'Invalid additional headers in Authorization header.',
    '0002-00000209',
  ),
  AdditionalHeaderEmpty: badArgument(
    'Invalid additional headers in Authorization header.',
    '0002-00000210',
  ),
  AdditionalHeaderMissing: badArgument(
    'Invalid additional headers in Authorization header.',
    '0002-00000211',
  ),
  SigningDateInvalid: badArgument('Invalid signing date in Authorization header.', '0002-00000212'),
  SigningRegionInvalid: badArgument(
    'Invalid signing region in Authorization header.',
    '0002-00000226',
  ),
  SigningProductInvalid: badArgument(
    'Invalid signing product in Authorization header.',
    '0002-00000227',
  ),
  ContentSha256Invalid: badArgument(
    'The x-oss-content-sha256 header must be UNSIGNED-PAYLOAD.',
    '0002-00000214',
  ),
  // A signature in the URL, version 1.
  UrlSignatureVersionInvalid: badArgument(
    'The x-oss-signature-version parameter is invalid.',
    '0002-00000066',
  ),
  UrlSignatureIncomplete: urlV1Incomplete('0002-00000067'),
  UrlExpiresEmpty: urlV1Incomplete('0002-00000068'),
  UrlExpired: denied('Request has expired.', '0002-00000069'),
  UrlExpiresNotNumber: denied('Invalid date (should be seconds since epoch).', '0002-00000070'),
  UrlAccessKeyIdMissing: urlV1Incomplete('0002-00000071'),
  UrlAccessKeyIdEmpty: urlV1Incomplete('0002-00000072'),
  UrlAccessKeyIdInvalid: badArgument('The OSSAccessKeyId parameter is invalid.', '0002-00000073'),
  UrlSignatureMissing: urlV1Incomplete('0002-00000074'),
  UrlSignatureEmpty: urlV1Incomplete('0002-00000075'),
  // A signature in the URL, version 2; what no row here names has those of versions 1 and 4.
  UrlV2ExpiresMissing: urlV2Incomplete('0002-00000113'),
  UrlV2ExpiresEmpty: urlV2Incomplete('0002-00000114'),
  UrlV2AccessKeyIdMissing: urlV2Incomplete('0002-00000115'),
  UrlV2AccessKeyIdEmpty: urlV2Incomplete('0002-00000116'),
  UrlV2SignatureMissing: urlV2Incomplete('0002-00000117'),
  UrlV2SignatureEmpty: urlV2Incomplete('0002-00000118'),
  UrlV2AccessKeyIdInvalid: badArgument(
    'The x-oss-access-key-id parameter is invalid.',
    '0002-00000901',
  ),
  // A signature in the URL, versions 2 and 4.
  UrlAdditionalHeadersEmpty: badArgument(
    'Invalid additional headers in the x-oss-additional-headers parameter.',
    '0002-00000076',
  ),
  UrlAdditionalHeaderEmpty: badArgument(
    'Invalid additional headers in the x-oss-additional-headers parameter.',
    '0002-00000077',
  ),
  UrlAdditionalHeaderMissing: badArgument(
    'Invalid additional headers in the x-oss-additional-headers parameter.',
    '0002-00000078',
  ),
  // A signature in the URL, version 4.
  UrlV4Incomplete: urlV4Incomplete('0002-00000215'),
  UrlV4ExpiresEmpty: urlV4Incomplete('0002-00000216'),
  UrlV4CredentialMissing: urlV4Incomplete('0002-00000217'),
  UrlV4CredentialEmpty: urlV4Incomplete('0002-00000218'),
  UrlV4SignatureMissing: urlV4Incomplete('0002-00000219'),
  UrlV4SignatureEmpty: urlV4Incomplete('0002-00000220'),
  UrlV4AccessKeyIdInvalid: badArgument(
    'Invalid access key id in the x-oss-credential parameter.',
    '0002-00000222',
  ),
  UrlSigningDateInvalid: badArgument(
    'Invalid signing date in the x-oss-credential parameter.',
    '0002-00000223',
  ),
  UrlV4CredentialInvalid: badArgument(
    'Invalid credential in the x-oss-credential parameter.',
    '0002-00000224',
  ),
  UrlSigningRegionInvalid: badArgument(
    'Invalid signing region in the x-oss-credential parameter.',
    '0002-00000228',
  ),
  UrlSigningProductInvalid: badArgument(
    'Invalid signing product in the x-oss-credential parameter.',
    undefined,
    'openoss',
  ),
  UrlV4DateInvalid: badArgument(
    'The x-oss-date parameter must be in the format YYYYMMDDTHHMMSSZ.',
    undefined,
    'openoss',
  ),
  UrlV4ExpiresInvalid: badArgument(
    'The x-oss-expires parameter must be an integer between 1 and 604800.',
    '0002-00000232',
  ),
  UrlNotYetValid: denied('Request is not yet valid.', '0002-00000235'),
  UrlV4Expired: denied('Request has expired.', '0002-00000236'),
  UrlHeaderConflict: badArgument(
    'A query parameter has the name of a signed header but another value.',
  ),
  // Dates, keys, tokens and the signature itself.
  DateInvalid: denied('OSS authentication requires a valid Date.', '0002-00000502'),
  DateMissing: denied('OSS authentication requires a valid Date.', '0002-00000503'),
  RequestTimeTooSkewed: {
    code: 'RequestTimeTooSkewed',
    status: 403,
    message: 'The difference between the request time and the current time is too large.',
    ec: '0002-00000504',
    source: 'doc',
  },
  InvalidAccessKeyId: {
    code: 'InvalidAccessKeyId',
    status: 403,
    message: 'The OSS Access Key Id you provided does not exist in our records.',
    ec: '0002-00000902',
    source: 'doc',
  },
  AccessKeyDisabled: {
    code: 'InvalidAccessKeyId',
    status: 403,
    message: 'The OSS Access Key Id you provided is disabled.',
    ec: '0002-00000903',
    source: 'doc',
  },
  SecurityTokenMissing: {
    code: 'InvalidAccessKeyId',
    status: 403,
    message:
      'The OSS Access Key Id you provided does not exist in our records. The Security Token may be lost to specify that it is a STS Access Id.',
    ec: '0002-00000003',
    source: 'observed',
  },
  SecurityTokenNotInUrl: badArgument(
    'The security token must be in the URL when the signature is in the URL.',
    '0002-00000005',
  ),
  SecurityTokenTwice: badArgument(
    'The security token may be in a header or in the URL, not in both.',
    '0002-00000010',
  ),
  // No page speaks of a token that comes alone: who sends one means to be somebody, and is not.
  SecurityTokenUnsigned: denied(
    'The security token comes without a signature. Sign the request with the access key that belongs to it.',
    undefined,
    'openoss',
  ),
  SecurityTokenInvalid: {
    code: 'InvalidSecurityToken',
    status: 403,
    message: 'The security token you provided is invalid.',
    ec: '0002-00000006',
    source: 'doc',
  },
  SecurityTokenExpired: {
    code: 'SecurityTokenExpired',
    status: 403,
    message: 'The security token you provided has expired.',
    ec: '0002-00000007',
    source: 'doc',
  },
  AccessKeyAndTokenMismatch: {
    code: 'AccessKeyIdAndSecurityTokenNotMatch',
    status: 403,
    message: 'The OSS access key id and security token you provided does not match.',
    source: 'doc',
  },
  SignatureMismatchV1: signatureMismatch('0002-00000040'),
  SignatureMismatchV2: signatureMismatch('0002-00000101'),
  SignatureMismatchV4: signatureMismatch('0002-00000201'),

  // --- may they --------------------------------------------------------------------------------
  DeniedByBucketAcl: denied(
    'You have no right to access this object because of bucket acl.',
    '0003-00000001',
  ),
  DeniedByObjectAcl: denied('You have no right to access this object.', '0003-00000002'),
  DeniedNotBucketOwner: denied('The bucket you access does not belong to you.', '0003-00000001'),
  DeniedAnonymousBucket: denied(
    'Anonymous user has no right to access this bucket.',
    '0003-00000905',
  ),
  DeniedAnonymousOperation: denied(
    'Anonymous access is forbidden for this operation.',
    '0003-00001201',
  ),
  DeniedBySessionPolicy: denied("Access denied by authorizer's policy.", '0003-00000301'),
  DeniedByBucketPolicy: denied('Access denied by bucket policy.', '0003-00000101'),
  // The page of this EC shows the sentence of the other; that of the next shows none.
  DeniedByRamPolicy: denied('Access denied by bucket policy.', '0003-00000201'),
  DeniedByBothPolicies: denied('Access denied by bucket policy.', '0003-00000203', 'openoss'),
  PublicObjectAclBlocked: denied(
    'Put public object acl is not allowed',
    '0016-00000901',
    'observed',
  ),
  PublicBucketAclBlocked: denied('Put public bucket acl is not allowed', undefined, 'observed'),
  PublicBucketPolicyBlocked: denied(
    'Put public bucket policy is not allowed',
    undefined,
    'observed',
  ),
  // The EC's page says that the permission for the operation is missing, and shows a put that may not
  // tag, but no sentence; this one is that of the table of 403 errors for operations on objects.
  DeniedMissingPermission: denied(
    'You have no right to access this object.',
    '0003-00000905',
    'openoss',
  ),
  // Of anonymous requests as well (the pages of the ECs).
  DeniedReadObjectAcl: denied(
    'You do not have read acl permission on this object.',
    '0003-00000007',
  ),
  DeniedWriteObjectAcl: denied(
    'You do not have write acl permission on this object.',
    '0003-00000008',
  ),
  DeniedListBuckets: denied('You are forbidden to list buckets.'),
});

/** The cause of a refusal: a key of the catalogue. */
export type ErrorKind = keyof typeof errorCatalogue;
