import { OssError } from '@openoss/protocol';

/** That there is no object of a name. */
export function noSuchKey(key: string): OssError {
  return new OssError('NoSuchKey', { details: { Key: key } });
}
