import type { Decision } from './decision.js';
import { toldText } from './told-query.js';

/**
 * What is told of one request, in the order in which it stands in its line; docs/audit.md says what each
 * member means. What is not known, or does not apply, is absent.
 */
export interface AuditRecord extends Decision {
  /** When its head had come, in milliseconds since 1970. */
  readonly at: number;
  readonly service: 'oss' | 'ram' | 'sts' | 'kms' | 'rpc';
  readonly requestId: string;
  readonly sourceIp: string | undefined;
  readonly tls: boolean;
  readonly host: string | undefined;
  readonly userAgent: string | undefined;
  readonly method: string | undefined;
  readonly auth: string;
  readonly accessKeyId: string | undefined;
  readonly account: string | undefined;
  readonly principal: string | undefined;
  readonly sessionName: string | undefined;
  readonly operation: string | undefined;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
  readonly versionId?: string | undefined;
  readonly path?: string | undefined;
  readonly query?: string | undefined;
  readonly resource: string | undefined;
  readonly acl?: string | undefined;
  readonly otherResources?: readonly string[] | undefined;
  readonly deletedKeys?: readonly string[] | undefined;
  readonly deletedKeysLeftOut?: number | undefined;
  readonly targetAccessKeyId?: string | undefined;
  /** 0 where nothing was answered. */
  readonly status: number;
  readonly outcome: 'answered' | 'cut-short' | 'given-up' | 'unanswered';
  readonly code: string | undefined;
  readonly ec?: string | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly milliseconds: number;
}

/** What clients say of themselves is told up to so many characters of each. */
const MOST_CHARACTERS = 256;
const MOST_QUERY_CHARACTERS = 1024;
/** What names something: no name of OSS or RAM is longer. */
const MOST_NAME_CHARACTERS = 2048;

/**
 * What is no control character to JSON, and yet ends a line for some, or turns the reading order of a
 * terminal around: DEL, C1, the separators of Unicode, and its marks of direction.
 */
const UNSEEMLY = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The line of a record, with its line feed: JSON in which every other character can be printed. */
export function auditLine(record: AuditRecord): string {
  const { statement, otherStatement } = record;
  const line = JSON.stringify({
    time: new Date(record.at).toISOString(),
    service: record.service,
    requestId: record.requestId,
    sourceIp: record.sourceIp,
    tls: record.tls,
    host: told(record.host, MOST_CHARACTERS),
    userAgent: told(record.userAgent, MOST_CHARACTERS),
    method: shortened(record.method, MOST_CHARACTERS),
    auth: record.auth,
    accessKeyId: shortened(record.accessKeyId, MOST_CHARACTERS),
    account: record.account,
    principal: record.principal,
    sessionName: record.sessionName,
    operation: record.operation,
    action: record.action,
    bucket: record.bucket,
    key: told(record.key, MOST_NAME_CHARACTERS),
    versionId: told(record.versionId, MOST_CHARACTERS),
    path: shortened(record.path, MOST_QUERY_CHARACTERS),
    query: shortened(record.query, MOST_QUERY_CHARACTERS),
    resource: told(record.resource, MOST_NAME_CHARACTERS),
    otherResources: record.otherResources?.map((name) => told(name, MOST_NAME_CHARACTERS)),
    acl: told(record.acl, MOST_CHARACTERS),
    deletedKeys: record.deletedKeys?.map((key) => told(key, MOST_NAME_CHARACTERS)),
    deletedKeysLeftOut: record.deletedKeysLeftOut,
    targetAccessKeyId: shortened(record.targetAccessKeyId, MOST_CHARACTERS),
    decision: record.decision,
    decidedBy: record.decidedBy,
    statement: statement,
    otherStatement: otherStatement,
    status: record.status,
    outcome: record.outcome,
    code: record.code,
    ec: record.ec,
    bytesIn: record.bytesIn,
    bytesOut: record.bytesOut,
    milliseconds: Math.round(record.milliseconds * 1000) / 1000,
  });
  return `${line.replace(UNSEEMLY, escaped)}\n`;
}

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** What a client has written, as far as it is told. */
const told = (text: string | undefined, most: number): string | undefined =>
  toldText(shortened(text, most));

/** A text of at most so many characters, the last an ellipsis where it was longer. */
function shortened(text: string | undefined, most: number): string | undefined {
  if (text === undefined || text.length <= most) return text;
  // Not through the middle of a character that takes two.
  const end = /[\ud800-\udbff]/.test(text.charAt(most - 2)) ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}
