import { OssError } from '@openoss/protocol';
import type { ObjectRecord } from '@openoss/storage';

/** The conditional headers of a read. */
export interface ReadConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: string | undefined;
  readonly ifUnmodifiedSince?: string | undefined;
}

/**
 * Throws 412 `PreconditionFailed` or 304 `NotModified` where the conditions do not let the object be
 * answered. A date that is none, or lies in the future, is passed over, as GetObject's page has it.
 */
export function checkReadConditions(
  conditions: ReadConditions,
  record: Pick<ObjectRecord, 'etag' | 'lastModified'>,
  now: number,
): void {
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifMatch !== undefined && !matchesEtag(ifMatch, record.etag))
    throw preconditionFailed('If-Match');
  // HTTP dates have no fraction of a second: neither may the time they are compared with.
  const modified = Math.floor(record.lastModified / 1000) * 1000;
  const unmodifiedSince = instantOf(conditions.ifUnmodifiedSince);
  if (unmodifiedSince !== undefined && modified > unmodifiedSince)
    throw preconditionFailed('If-Unmodified-Since');
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, record.etag)) throw notModified(record);
  const modifiedSince = instantOf(conditions.ifModifiedSince);
  if (modifiedSince !== undefined && modifiedSince <= now && modified <= modifiedSince)
    throw notModified(record);
}

function matchesEtag(header: string, etag: string): boolean {
  return header.split(',').some((part) => {
    const candidate = part
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1');
    return candidate === '*' || candidate.toUpperCase() === etag.toUpperCase();
  });
}

function instantOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const instant = Date.parse(header);
  return Number.isNaN(instant) ? undefined : instant;
}

function preconditionFailed(condition: string): OssError {
  return new OssError('PreconditionFailed', { details: { Condition: condition } });
}

function notModified(record: Pick<ObjectRecord, 'etag' | 'lastModified'>): OssError {
  return new OssError('NotModified', {
    headers: {
      ETag: `"${record.etag}"`,
      'Last-Modified': new Date(record.lastModified).toUTCString(),
    },
  });
}
