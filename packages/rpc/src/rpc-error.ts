/** How the gateway before all products refuses a call. */
interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

const refusal = (status: number, code: string, message: string): Refusal => ({
  code,
  status,
  message,
});

/**
 * Refusals by cause. Codes, statuses and messages are those of the list of common errors of Alibaba Cloud's
 * gateway; those marked "ours" stand for what it does not list.
 */
const REFUSALS = {
  NoSuchApi: refusal(
    404,
    'InvalidAction.NotFound',
    'Specified api is not found, please check your url and method.',
  ),
  VersionUnknown: refusal(400, 'InvalidVersion', 'Specified parameter Version is not valid.'),
  MethodUnsupported: refusal(
    400,
    'UnsupportedHTTPMethod',
    'Specified http method is not supported.',
  ),
  FormatUnknown: refusal(
    400,
    'InvalidParameter.Format',
    'Specified parameter format is not valid.',
  ),
  AccessKeyUnknown: refusal(
    404,
    'InvalidAccessKeyId.NotFound',
    'Specified access key is not found.',
  ),
  AccessKeyInactive: refusal(
    400,
    'InvalidAccessKeyId.Inactive',
    'Specified access key is disabled.',
  ),
  TimestampMalformed: refusal(
    400,
    'InvalidTimeStamp.Format',
    'Specified time stamp or date value is not well formatted.',
  ),
  TimestampExpired: refusal(
    400,
    'InvalidTimeStamp.Expired',
    'Specified time stamp or date value is expired.',
  ),
  NonceUsed: refusal(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.'),
  SignatureMethodUnknown: refusal(
    400,
    'InvalidSignatureMethod',
    'Specified signature method is not valid.',
  ),
  TokenMalformed: refusal(
    400,
    'InvalidSecurityToken.Malformed',
    'Specified SecurityToken is malformed.',
  ),
  TokenMismatch: refusal(
    400,
    'InvalidSecurityToken.MismatchWithAccessKey',
    'Specified SecurityToken mismatch with the AccessKey.',
  ),
  TokenExpired: refusal(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.'),
  Throttled: refusal(400, 'Throttling.User', 'Request was denied due to user flow control.'),
  // Ours: a body that is too long is refused before it is read.
  BodyTooLong: refusal(413, 'RequestEntityTooLarge', 'The request body is too long.'),
  // Ours.
  ParametersMalformed: refusal(
    400,
    'InvalidParameter',
    'The parameters of the request are not percent-encoded UTF-8.',
  ),
  // Ours.
  AuthorizationMalformed: refusal(
    400,
    'InvalidAuthorization',
    'The Authorization header is malformed.',
  ),
  // Ours.
  ReencryptionInProgress: refusal(
    409,
    'ReencryptionInProgress',
    'Objects of this server are being re-encrypted already: one bucket at a time.',
  ),
  Internal: refusal(
    500,
    'InternalError',
    'The request processing has failed due to some unknown error.',
  ),
} as const satisfies Record<string, Refusal>;

/** Why a call was refused. */
export type RpcRefusalCause = keyof typeof REFUSALS;

/** The same, with what is about a parameter or the signature. */
type RpcErrorReason = RpcRefusalCause | 'Missing' | 'Invalid' | 'Unsupported' | 'Signature';

/** What else there is to a refusal: the parameter it is about, or what a signature should have been made over. */
interface About {
  readonly parameter?: string;
  readonly signed?: string;
}

/** A refusal as the gateway gives it, before a product has its say. */
export class RpcError extends Error {
  readonly reason: RpcErrorReason;
  readonly about: About;
  /** As clients tell refusals apart: `SignatureDoesNotMatch`. */
  readonly code: string;
  /** Of the HTTP answer. */
  readonly status: number;

  private constructor(
    reason: RpcErrorReason,
    { code, status, message }: Refusal,
    about: About = {},
  ) {
    super(message);
    this.name = 'RpcError';
    this.reason = reason;
    this.about = about;
    this.code = code;
    this.status = status;
  }

  static of(cause: RpcRefusalCause): RpcError {
    return new RpcError(cause, REFUSALS[cause]);
  }

  /** A parameter that there has to be is absent or empty. */
  static missing(parameter: string): RpcError {
    return new RpcError(
      'Missing',
      refusal(400, `Missing${parameter}`, `${parameter} is mandatory for this action.`),
      { parameter },
    );
  }

  /** A parameter has a value that it cannot have; the reason is a sentence without a full stop. */
  static invalid(parameter: string, reason?: string): RpcError {
    const why = reason === undefined ? '' : `: ${reason}`;
    return new RpcError(
      'Invalid',
      refusal(400, `Invalid${parameter}`, `Specified parameter ${parameter} is not valid${why}.`),
      { parameter },
    );
  }

  /** A parameter that the product has and this service has not: to pass over it would do something else. */
  static unsupported(parameter: string): RpcError {
    return new RpcError(
      'Unsupported',
      refusal(400, 'UnsupportedParameter', `The parameter "${parameter}" is not supported.`),
      { parameter },
    );
  }

  /** The signature is another; `signed` is what it should have been made over, for who has to find out why. */
  static signature(signed: string): RpcError {
    return new RpcError(
      'Signature',
      refusal(
        400,
        'SignatureDoesNotMatch',
        `Specified signature is not matched with our calculation. server string to sign is:${signed}`,
      ),
      { signed },
    );
  }
}
