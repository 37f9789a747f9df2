import { fields, indented } from './output.js';

/** What ExplainAccess answers. */
export interface ExplainedAccess {
  readonly Principal: string;
  readonly Resource: string;
  readonly Actions: readonly { readonly Name: string }[];
  readonly Decision: 'Allow' | 'ExplicitDeny' | 'ImplicitDeny' | 'Refused';
  readonly Allowed: boolean;
  readonly Stage?: string;
  /** The action that is denied. */
  readonly Action?: string;
  readonly Reason?: string;
  readonly Refusal?: {
    readonly Code: string;
    readonly HttpStatus: number;
    readonly EC?: string;
    readonly Message: string;
  };
  readonly Statement?: ExplainedStatement;
  readonly BucketStatement?: ExplainedStatement;
  readonly Bucket?: {
    readonly Name: string;
    readonly Owner: string;
    readonly Acl: string;
    readonly HasPolicy: boolean;
    readonly BlockPublicAccess: 'Bucket' | 'Account' | 'Off';
  };
  readonly Object?: { readonly Exists: boolean; readonly Acl?: string };
  readonly Steps: readonly ExplainedStep[];
  readonly Unanswered: readonly { readonly Key: string }[];
  readonly Notes: readonly { readonly Text: string }[];
}

interface ExplainedStatement {
  readonly PolicyKind: string;
  readonly PolicyName: string;
  readonly PolicyType?: string;
  readonly VersionId?: string;
  readonly GroupName?: string;
  readonly Index: number;
  readonly Effect: string;
  readonly Document?: string;
}

interface ExplainedStep {
  readonly Action: string;
  readonly Stage: string;
  readonly Outcome: string;
  readonly Reason: string;
  readonly Statements: readonly (ExplainedStatement & {
    readonly Applies: boolean;
    readonly Mismatch?: string;
  })[];
}

const VERDICTS = {
  Allow: 'ALLOWED',
  ExplicitDeny: 'DENIED, explicitly',
  ImplicitDeny: 'DENIED, for nothing allows it',
  Refused: 'REFUSED, before permissions are asked for',
} as const;

const BLOCKS = {
  Bucket: 'Block Public Access on',
  Account: 'Block Public Access on for the whole account',
  Off: 'Block Public Access off',
} as const;

/** As wide as the longest stage. */
const STAGE_COLUMN = 'public-access-block'.length;

/** An explanation for people: the decision first, then everything that was looked at, in order. */
export function explanationText(explained: ExplainedAccess): string {
  const { Principal, Resource, Actions, Refusal, Bucket, Object: object } = explained;
  const actions = explained.Action ?? Actions.map(({ Name }) => Name).join(' and ');
  const parts = [
    VERDICTS[explained.Decision],
    fields({
      who: Principal,
      action: actions,
      resource: Resource,
      'decided by': decidedBy(explained),
    }),
    statementText(explained.Statement),
    fields({ 'and by': explained.BucketStatement && placeOf(explained.BucketStatement) }),
    statementText(explained.BucketStatement),
    fields({
      answer:
        Refusal &&
        `${Refusal.HttpStatus} ${Refusal.Code}${Refusal.EC === undefined ? '' : `, EC ${Refusal.EC}`}: ${Refusal.Message}`,
      bucket:
        Bucket &&
        `${Bucket.Name}, ACL ${Bucket.Acl}, ${Bucket.HasPolicy ? 'with a' : 'no'} bucket policy, ${BLOCKS[Bucket.BlockPublicAccess]}`,
      object: object && (object.Exists ? `ACL ${object.Acl}` : 'there is none of this key'),
    }),
    ...explained.Notes.map(({ Text }) => `note: ${Text}`),
    unansweredText(explained.Unanswered),
    stepsText(explained.Steps),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function decidedBy({ Statement, Stage, Reason }: ExplainedAccess): string | undefined {
  if (Statement !== undefined) return placeOf(Statement);
  if (Stage === undefined) return undefined;
  return Reason === undefined ? Stage : `${Stage}: ${Reason}`;
}

/** Where a statement stands: `RAM policy uploads (v2, of group staff), Statement[1]`. */
function placeOf(of: ExplainedStatement): string {
  const kind = of.PolicyKind === 'ram' ? 'RAM' : of.PolicyKind;
  const system = of.PolicyType === 'System' ? 'system, ' : '';
  const group = of.GroupName === undefined ? '' : `, of group ${of.GroupName}`;
  const version = of.VersionId === undefined ? '' : ` (${system}${of.VersionId}${group})`;
  return `${kind} policy ${of.PolicyName}${version}, Statement[${of.Index}]`;
}

function statementText(of: ExplainedStatement | undefined): string {
  if (of?.Document === undefined) return '';
  return indented(of.Document, 4);
}

function unansweredText(keys: ExplainedAccess['Unanswered']): string {
  if (keys.length === 0) return '';
  const names = keys.map(({ Key }) => Key);
  return `conditions asked for ${names.join(', ')}, of which nothing is known: tell it with --context ${names[0]}=VALUE`;
}

function stepsText(steps: readonly ExplainedStep[]): string {
  const lines: string[] = [];
  let action: string | undefined;
  for (const { Action, Stage, Outcome, Reason, Statements } of steps) {
    if (Action !== action) lines.push(`  ${Action}`);
    action = Action;
    const outcome = Outcome === 'none' ? 'passed by' : Outcome;
    lines.push(`    ${Stage.padEnd(STAGE_COLUMN)} ${outcome}: ${Reason}`);
    for (const one of Statements) {
      const result = one.Applies ? 'applies' : `does not apply: ${one.Mismatch}`;
      lines.push(`      ${one.Effect.padEnd(5)} in ${placeOf(one)}: ${result}`);
    }
  }
  return lines.length === 0 ? '' : `\nlooked at, in this order:\n${lines.join('\n')}`;
}
