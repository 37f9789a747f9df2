import { OssError } from '../errors/oss-error.js';
import { parseBasicDate, parseHttpDate } from './signed-date.js';

/** The date that a header signed with version 1 or 2 stands by. */
export interface DateLine {
  /** As it was signed. */
  readonly dateLine: string;
  /** Milliseconds since the epoch. */
  readonly signedAt: number;
}

/**
 * Reads the header that tells when a request was signed: an HTTP date, or the ISO form, which EC
 * 0002-00000503 shows with version 1 too. Throws `OssError` where there is none (EC 0002-00000502), or no date.
 */
export function readDateLine(dateLine: string | undefined): DateLine {
  if (dateLine === undefined) throw new OssError('DateMissing');
  const signedAt = parseHttpDate(dateLine) ?? parseBasicDate(dateLine);
  if (signedAt === undefined) throw new OssError('DateInvalid');
  return { dateLine, signedAt };
}
