/** How KMS refuses something. */
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
 * Refusals by cause. Codes, statuses and messages are those of the list of common errors of KMS 2016-01-20
 * and of the pages of its operations; those marked "ours" stand for what no page lists.
 */
const REFUSALS = {
  KeyNotFound: refusal(404, 'Forbidden.KeyNotFound', 'The specified Key is not found.'),
  KeyVersionNotFound: refusal(
    404,
    'Forbidden.KeyVersionNotFound',
    'The specified Key version is not found.',
  ),
  AliasNotFound: refusal(404, 'Forbidden.AliasNotFound', 'The specified Alias is not found.'),
  AliasExists: refusal(400, 'AliasAlreadyExists', 'AliasName Already Exists.'),
  NoPermission: refusal(
    403,
    'Forbidden.NoPermission',
    'This operation is forbidden by permission system.',
  ),
  NotEnabled: refusal(
    403,
    'Forbidden.KmsServiceNotEnabled',
    'Kms service is not Enabled for current user. Please get access permission first.',
  ),
  Disabled: refusal(
    409,
    'Rejected.Disabled',
    'The request was rejected because the key state is Disabled.',
  ),
  PendingDeletion: refusal(
    409,
    'Rejected.PendingDeletion',
    'The request was rejected because the key state is PendingDeletion.',
  ),
  PendingImport: refusal(
    409,
    'Rejected.PendingImport',
    'The request was rejected because the key state is PendingImport.',
  ),
  /** The key's state does not allow of the change that was asked for. */
  StateConflict: refusal(409, 'Rejected.StateModifiedFailed', 'Keystate modified failed.'),
  LimitExceeded: refusal(
    400,
    'Rejected.LimitExceeded',
    'The request was rejected because user create resource limit was exceeded.',
  ),
  AliasUnsupported: refusal(400, 'Unsupported.Alias', 'Alias is not valid for this api.'),
  OriginUnsupported: refusal(
    400,
    'Unsupported.Origin',
    'This key origin is not valid for this api.',
  ),
  ProtectionLevelUnsupported: refusal(
    400,
    'Unsupported.ProtectionLevel',
    'This protection level is not valid for this region',
  ),
  OperationUnsupported: refusal(400, 'Rejected.UnsupportedOperation', 'Unsupported operation.'),
  Throttled: refusal(429, 'Rejected.Throttling', 'QPS Limit Exceeded'),
  Unavailable: refusal(503, 'ServiceUnavailableTemporary', 'Service Unavailable Temporary.'),
  /** Ours: there is no root key, so nothing can be done with any key. */
  Locked: refusal(
    503,
    'ServiceUnavailableTemporary',
    'The keyring is locked: this server was started without the root key that its master keys are sealed with (OPENOSS_KMS_ROOT_KEY, OPENOSS_KMS_PASSPHRASE).',
  ),
  /** Ours: there is no room for changes on the disk. */
  StorageFull: refusal(
    503,
    'ServiceUnavailableTemporary',
    'There is not enough space on the disk to keep the change.',
  ),
  /** Ours: the KMS that this server asks does not know it. */
  CredentialsRefused: refusal(
    503,
    'ServiceUnavailableTemporary',
    'The KMS does not accept the access key of this server.',
  ),
  /** Ours: it would be passed on once more, and round in circles for ever where it came from there. */
  PassedOn: refusal(
    503,
    'ServiceUnavailableTemporary',
    'This server has its keys with another KMS itself. Servers that ask for theirs are to ask that.',
  ),
  Internal: refusal(500, 'InternalFailure', 'Internal Failure.'),
} as const satisfies Record<string, Refusal>;

/** Why KMS refuses something. */
export type KmsErrorCause = keyof typeof REFUSALS | 'InvalidParameter';

/** A refusal as KMS gives it: the cause, its code, HTTP status and message. It never holds a secret. */
export class KmsError extends Error {
  readonly reason: KmsErrorCause;
  /** As clients tell refusals apart: `Forbidden.KeyNotFound`. */
  readonly code: string;
  /** Of the HTTP answer. */
  readonly status: number;

  private constructor(reason: KmsErrorCause, { code, status, message }: Refusal) {
    super(message);
    this.name = 'KmsError';
    this.reason = reason;
    this.code = code;
    this.status = status;
  }

  static of(reason: Exclude<KmsErrorCause, 'InvalidParameter'>): KmsError {
    return new KmsError(reason, REFUSALS[reason]);
  }

  /** A parameter has a value that it cannot have. */
  static invalid(parameter: string): KmsError {
    const message = `The specified parameter "${parameter}" is not valid.`;
    return new KmsError('InvalidParameter', refusal(400, 'InvalidParameter', message));
  }
}
