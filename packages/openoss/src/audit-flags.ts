import path from 'node:path';
import type { AuditOptions } from '@openoss/server';
import { readByteSize } from './byte-size.js';
import { type FlagValues, UsageError } from './command-line.js';

/** The flags that say where requests are written down. */
export const AUDIT_FLAGS = {
  'audit-log': { type: 'string' },
  'audit-log-max-size': { type: 'string' },
  'audit-log-keep': { type: 'string' },
} as const;

const LEAST_MAX_BYTES = 64 * 1024;
const MOST_KEPT = 1000;

/** What they say; undefined where no requests are written down. */
export function readAudit(flags: FlagValues<typeof AUDIT_FLAGS>): AuditOptions | undefined {
  const { 'audit-log': file, 'audit-log-max-size': size, 'audit-log-keep': count } = flags;
  if (file === undefined) {
    if (size === undefined && count === undefined) return undefined;
    throw new UsageError('--audit-log-max-size and --audit-log-keep go with --audit-log');
  }
  const maxBytes = size === undefined ? undefined : readByteSize('--audit-log-max-size', size);
  if (maxBytes !== undefined && maxBytes > 0 && maxBytes < LEAST_MAX_BYTES) {
    throw new UsageError(`--audit-log-max-size takes 0, or ${LEAST_MAX_BYTES} bytes or more`);
  }
  const keep = count === undefined ? undefined : Number(count);
  if (keep !== undefined && (!/^\d+$/.test(count ?? '') || keep > MOST_KEPT)) {
    throw new UsageError(
      `--audit-log-keep takes a number from 0 to ${MOST_KEPT}, not ${JSON.stringify(count)}`,
    );
  }
  return { file: file === '-' ? file : path.resolve(file), maxBytes, keep };
}
