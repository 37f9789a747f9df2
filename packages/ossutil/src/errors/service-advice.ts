import type { ServiceFailure } from './service-error.js';

/** What is known about the request an error answers, as far as advice depends on it. */
export interface RequestSituation {
  /** The request carried no signature. */
  readonly anonymous?: boolean;
  /** The bucket's name, for sentences that name it. */
  readonly bucket?: string | undefined;
}

type Adviser = (failure: ServiceFailure, situation: RequestSituation) => string | undefined;

const accessDenied: Adviser = (failure, situation) => {
  if (/must be addressed using the specified endpoint/i.test(failure.message)) {
    return "the bucket is in another region; give that region's --region (and --endpoint)";
  }
  if (situation.anonymous === true) {
    return 'the request was anonymous; give credentials with -i and -k, or by "ossutil config"';
  }
  return undefined;
};

const invalidArgument: Adviser = ({ message }) => {
  if (/signing region/i.test(message)) {
    return 'the signature names another region than the one that serves this endpoint; give its --region';
  }
  if (/x-oss-tagging/.test(message)) {
    return 'tags are written "TagA=A&TagB=B", each name once; a + = & or % within one is percent-encoded';
  }
  return undefined;
};

const notOfThisKey: Adviser = () =>
  'the STS token does not belong to this AccessKey ID; get a new pair';

const noSuchBucket: Adviser = (_, { bucket }) =>
  `check the name and the region; "ossutil api put-bucket --bucket ${bucket ?? 'NAME'}" creates it`;

/** The next step where there is an obvious one, by OSS error code. */
const advisers: Readonly<Record<string, Adviser>> = {
  AccessDenied: accessDenied,
  AccessKeyIdAndSecurityTokenNotMatch: notOfThisKey,
  BucketAlreadyExists: () => 'bucket names are shared by everybody; choose another name',
  BucketNotEmpty: () => 'delete the objects in the bucket first',
  EntityTooLarge: () => 'larger objects are uploaded in parts (multipart upload)',
  FileAlreadyExists: () =>
    'an object with this key exists and --forbid-overwrite keeps it; leave the flag out to replace it',
  InvalidArgument: invalidArgument,
  InvalidAccessKeyId: () =>
    'check the AccessKey ID and which profile or variable it comes from; temporary keys also need --sts-token',
  InvalidSecurityToken: notOfThisKey,
  InvalidTag: () => 'names and values of tags have letters, digits, spaces and + - = . _ : / only',
  NoSuchBucket: noSuchBucket,
  RequestTimeTooSkewed: () => "this machine's clock is off by more than 15 minutes; set it",
  SecurityTokenExpired: () => 'the STS token is too old; get a new one',
  SignatureDoesNotMatch: () =>
    "check the AccessKey secret, and that --region is the endpoint's region",
};

/** One sentence saying what to do about an error answer, where there is an obvious next step. */
export function serviceAdvice(
  failure: ServiceFailure,
  situation: RequestSituation = {},
): string | undefined {
  if (!Object.hasOwn(advisers, failure.code)) return undefined;
  return advisers[failure.code]?.(failure, situation);
}
