import { createHash } from 'node:crypto';
import { OssError } from '@openoss/protocol';

/** The 16 bytes of a Content-MD5 header; `InvalidDigest` for anything that is not base64 of 16 bytes. */
export function parseContentMd5(header: string): Buffer {
  const bytes = Buffer.from(header, 'base64');
  // Buffer passes over what is no base64, so the round trip is the test.
  if (bytes.length !== 16 || bytes.toString('base64') !== header.trim()) {
    throw new OssError('ContentMd5Malformed', { details: { 'Content-MD5': header } });
  }
  return bytes;
}

/** Refuses a body whose MD5 is not the one the header says, if there is a header. */
export function checkBodyMd5(body: Buffer, header: string | undefined): void {
  if (header === undefined) return;
  const expected = parseContentMd5(header);
  if (!createHash('md5').update(body).digest().equals(expected)) throw mismatch(header);
}

/** A refusal by storage, which compares digests, with the header that gave the digest. */
export function namingContentMd5(error: unknown, header: string | undefined): unknown {
  return error instanceof OssError && error.kind === 'ContentMd5Mismatch' && header !== undefined
    ? mismatch(header)
    : error;
}

function mismatch(header: string): OssError {
  return new OssError('ContentMd5Mismatch', { details: { 'Content-MD5': header } });
}
