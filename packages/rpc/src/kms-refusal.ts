import { RamError } from '@openoss/directory';
import { KmsError } from '@openoss/kms';
import type { RpcError } from './rpc-error.js';

/** How a call is refused. */
export interface CallRefusal {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

const refusal = (status: number, code: string, message: string): CallRefusal => ({
  code,
  status,
  message,
});

/**
 * A refusal as KMS gives it, which has codes of its own for much of what the gateway refuses for other products:
 * its list of common errors.
 */
export function kmsRefusal(error: RpcError | RamError | KmsError): CallRefusal {
  if (error instanceof KmsError) return error;
  if (error instanceof RamError) return ofRamError(error);
  const { reason, about } = error;
  const { parameter = '', signed = '' } = about;
  switch (reason) {
    case 'Missing':
      return parameter === 'Timestamp' ? ILLEGAL_TIMESTAMP : missing(parameter);
    case 'Invalid':
      return KmsError.invalid(parameter);
    case 'TimestampMalformed':
    case 'TimestampExpired':
      return ILLEGAL_TIMESTAMP;
    case 'Signature':
      return refusal(
        400,
        'IncompleteSignature',
        `The request signature does not conform to Alibaba Cloud standards. server string to sign is:${signed}`,
      );
    case 'AccessKeyUnknown':
      return refusal(
        404,
        'InvalidAccessKeyId.NotFound',
        'The AccessKey ID provided does not exist in our records.',
      );
    case 'AccessKeyInactive':
      return refusal(403, 'Forbidden.AccessKey', 'This AccessKey is not enabled.');
    case 'MethodUnsupported':
      return refusal(403, 'UnsupportedHTTPMethod', 'This http method is not supported.');
    case 'Throttled':
      return KmsError.of('Throttled');
    case 'Internal':
      return KmsError.of('Internal');
    default:
      return error;
  }
}

const ILLEGAL_TIMESTAMP = refusal(
  400,
  'IllegalTimestamp',
  'The input parameter "Timestamp" that is mandatory for processing this request is not supplied.',
);

const missing = (parameter: string): CallRefusal =>
  refusal(400, 'MissingParameter', `The parameter "${parameter}" is needed but not provided.`);

const PARAMETER = /^InvalidParameter\.(.+)$/;

function ofRamError(error: RamError): CallRefusal {
  if (error.code === 'NoPermission') return KmsError.of('NoPermission');
  const parameter = PARAMETER.exec(error.code)?.[1];
  return parameter === undefined ? error : KmsError.invalid(parameter);
}
