import { KmsError, type KmsErrorCause } from '../kms-error.js';

/** Why an attempt to call another KMS came to nothing. */
export class CallFailure {
  /** What it is for who asked. */
  readonly error: KmsError;
  /** What it is for the log: never what was sent, or a signature. */
  readonly what: string;
  /** Whether another attempt may succeed. */
  readonly isTemporary: boolean;
  /** Whether the KMS said that it did not do what was asked. */
  readonly wasRefused: boolean;

  constructor(error: KmsError, what: string, { isTemporary = false, wasRefused = false } = {}) {
    this.error = error;
    this.what = what;
    this.isTemporary = isTemporary;
    this.wasRefused = wasRefused;
  }
}

/** Refusals of KMS, and of the gateway before it, by code. Those that are not listed go by their status. */
const CAUSES: Readonly<Record<string, Exclude<KmsErrorCause, 'InvalidParameter'>>> = {
  'Forbidden.KeyNotFound': 'KeyNotFound',
  'Forbidden.KeyVersionNotFound': 'KeyVersionNotFound',
  'Forbidden.AliasNotFound': 'AliasNotFound',
  AliasAlreadyExists: 'AliasExists',
  'Rejected.AliasAlreadyExists': 'AliasExists',
  'Forbidden.NoPermission': 'NoPermission',
  'Forbidden.KmsServiceNotEnabled': 'NotEnabled',
  'Forbidden.InDebt': 'NotEnabled',
  'Forbidden.InDebtOverdue': 'NotEnabled',
  'Rejected.Disabled': 'Disabled',
  'Rejected.PendingDeletion': 'PendingDeletion',
  'Rejected.PendingImport': 'PendingImport',
  'Rejected.StateModifiedFailed': 'StateConflict',
  'Rejected.StateConflict': 'StateConflict',
  'Rejected.LimitExceeded': 'LimitExceeded',
  'Rejected.UnsupportedOperation': 'OperationUnsupported',
  UnsupportedOperation: 'OperationUnsupported',
  'Rejected.Throttling': 'Throttled',
  Throttling: 'Throttled',
  'Throttling.User': 'Throttled',
  'Throttling.Api': 'Throttled',
  ServiceUnavailableTemporary: 'Unavailable',
  ServiceUnavailable: 'Unavailable',
  InternalFailure: 'Internal',
  InternalError: 'Internal',
  'InvalidAccessKeyId.NotFound': 'CredentialsRefused',
  'InvalidAccessKeyId.Inactive': 'CredentialsRefused',
  'Forbidden.AccessKey': 'CredentialsRefused',
  'Forbidden.AccessKeyDisabled': 'CredentialsRefused',
  SignatureDoesNotMatch: 'CredentialsRefused',
  IncompleteSignature: 'CredentialsRefused',
  IllegalTimestamp: 'CredentialsRefused',
  'InvalidTimeStamp.Expired': 'CredentialsRefused',
  'InvalidSecurityToken.Expired': 'CredentialsRefused',
};

const PARAMETER = /parameter "([A-Za-z.]{1,64})"/;

/** The failure of an attempt, whatever it was rejected with. */
export function failureOf(rejection: unknown): CallFailure {
  const answer = refusalIn(rejection);
  if (answer === undefined) {
    // The message of such an error has the whole URL in it, signature and all: only its name is for the log.
    const name = rejection instanceof Error ? (codeOf(rejection) ?? rejection.name) : 'unknown';
    return new CallFailure(KmsError.of('Unavailable'), name, { isTemporary: true });
  }
  const { code, status, message } = answer;
  const what = `${status} ${code}`;
  if (code.startsWith('InvalidParameter') || code.startsWith('MissingParameter')) {
    const parameter = PARAMETER.exec(message)?.[1] ?? code.split('.')[1] ?? 'unknown';
    return new CallFailure(KmsError.invalid(parameter), what, { wasRefused: true });
  }
  const cause = CAUSES[code] ?? causeOf(status);
  // Inside the KMS something failed: perhaps after it was done.
  const wasRefused = cause !== 'Internal';
  const isTemporary = cause === 'Throttled' || cause === 'Unavailable' || cause === 'Internal';
  return new CallFailure(KmsError.of(cause), what, { isTemporary, wasRefused });
}

function causeOf(status: number): 'Throttled' | 'NoPermission' | 'Unavailable' | 'Internal' {
  if (status === 429) return 'Throttled';
  if (status === 401 || status === 403) return 'NoPermission';
  return status === 502 || status === 503 || status === 504 ? 'Unavailable' : 'Internal';
}

/** The refusal that the official package carries in its error. */
function refusalIn(
  rejection: unknown,
): { readonly code: string; readonly status: number; readonly message: string } | undefined {
  if (!(rejection instanceof Error) || !('data' in rejection)) return undefined;
  const { data } = rejection;
  if (typeof data !== 'object' || data === null) return undefined;
  const { Code: code, Message: message, HttpStatus: told } = data as Record<string, unknown>;
  if (typeof code !== 'string') return undefined;
  // `Forbidden.KeyNotFoundError: code: 404, The specified Key is not found. requestid: …`
  const inMessage = Number(/(?:^|: )code: (\d{3}),/.exec(rejection.message)?.[1]);
  const status = typeof told === 'number' ? told : inMessage;
  return { code, status, message: typeof message === 'string' ? message : '' };
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
