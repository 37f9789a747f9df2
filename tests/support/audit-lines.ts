/** The lines of an audit log, as a test reads them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A line, parsed. */
export type AuditLine = Readonly<Record<string, unknown>> & {
  readonly requestId: string;
  readonly service: string;
  readonly outcome: string;
};

/** An audit file and all that were rotated away of it, as one text. */
export function auditText(file: string): string {
  const { dir, base } = path.parse(file);
  const files = readdirSync(dir).filter((name) => name === base || name.startsWith(`${base}.`));
  return files.map((name) => readFileSync(path.join(dir, name), 'utf8')).join('');
}

/** All lines, each of which has to be JSON. */
export function auditLines(file: string): AuditLine[] {
  const text = auditText(file);
  if (text === '') return [];
  if (!text.endsWith('\n')) throw new Error('the last line is torn');
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line));
}
