import type { Logger } from 'pino';
import type { Metrics } from '../metrics.js';
import { AuditFile } from './audit-file.js';
import { AuditLog } from './audit-log.js';
import { AuditStream } from './audit-stream.js';

/** Where requests are written down, one line each (docs/audit.md). */
export interface AuditOptions {
  /** The file; `-` for standard output. */
  readonly file: string;
  /** Bytes at which the file is renamed and begun anew, 0 for never; 100 MiB unless told. */
  readonly maxBytes?: number | undefined;
  /** How many of the renamed files are kept, as `file.1`, the newest, and so on; 10 unless told. */
  readonly keep?: number | undefined;
}

/** The audit log cannot be opened; the message says which file, and why. */
export class AuditLogError extends Error {
  constructor(file: string, cause: unknown) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'its directory does not exist' : message;
    super(`the audit log ${file} cannot be opened: ${why}`, { cause });
    this.name = 'AuditLogError';
  }
}

const MAX_BYTES = 100 * 1024 * 1024;
const KEEP = 10;

/** Opens an audit log; rejects with AuditLogError. */
export async function openAuditLog(options: AuditOptions, log: Logger): Promise<AuditLog> {
  const { file, maxBytes = MAX_BYTES, keep = KEEP } = options;
  const destination =
    file === '-'
      ? new AuditStream(process.stdout)
      : await AuditFile.open({ path: file, maxBytes, keep, log }).catch((error: unknown) => {
          throw new AuditLogError(file, error);
        });
  return new AuditLog({ destination, log });
}

/** What every process that writes audit lines tells of them. */
export function observeAudit(metrics: Metrics, lines: AuditLog): void {
  metrics.observeCount(
    'openoss_audit_lines_lost_total',
    'Audit lines that were not written and never will be.',
    () => lines.counts.lost,
  );
}

/** What the process that writes the file tells besides. */
export function observeAuditFile(metrics: Metrics, lines: AuditLog): void {
  observeAudit(metrics, lines);
  metrics.observeCount(
    'openoss_audit_lines_total',
    'Audit lines written.',
    () => lines.counts.written,
  );
}
