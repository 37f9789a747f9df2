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
  /** The key of KMS that it takes besides. */
  readonly Key?: ExplainedKey;
  readonly Steps: readonly ExplainedStep[];
  readonly Unanswered: readonly { readonly Key: string }[];
  readonly Notes: readonly { readonly Text: string }[];
}

interface ExplainedKey
  extends Partial<Pick<ExplainedAccess, 'Stage' | 'Reason' | 'Action' | 'Allowed' | 'Statement'>> {
  /** Absent where there is none. */
  readonly KeyId?: string;
  readonly Name: string;
  readonly NamedBy: keyof typeof NAMED_BY;
  readonly State?: string;
  readonly Actions: readonly { readonly Name: string }[];
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
  Refused: 'REFUSED, for another reason than permissions',
} as const;

const BLOCKS = {
  Bucket: 'Block Public Access on',
  Account: 'Block Public Access on for the whole account',
  Off: 'Block Public Access off',
} as const;

const NAMED_BY = {
  request: 'that the request names',
  bucket: "of the bucket's rule",
  object: 'that the object is encrypted with',
  nobody: "the account's own for OSS",
} as const;

/** As wide as the longest stage. */
const STAGE_COLUMN = 'public-access-block'.length;

/** An explanation for people: the decision first, then everything that was looked at, in order. */
export function explanationText(explained: ExplainedAccess): string {
  const { Principal, Resource, Actions, Refusal, Bucket, Object: object, Key } = explained;
  const actions = explained.Action ?? namesOf(Actions);
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
      'key of KMS': Key && keyText(Key),
      'needed on it': Key && keyVerdict(Key),
    }),
    ...explained.Notes.map(({ Text }) => `note: ${Text}`),
    unansweredText(explained.Unanswered),
    stepsText(explained.Steps),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

const namesOf = (actions: ExplainedAccess['Actions']): string =>
  actions.map(({ Name }) => Name).join(' and ');

function keyText({ KeyId, Name, NamedBy, State }: ExplainedKey): string {
  const isById = KeyId === undefined || Name.includes(KeyId);
  const called = isById ? '' : ` (${KeyId})`;
  const state = State === undefined || State === 'Enabled' ? '' : `, which is ${State}`;
  return `${Name}${called}, ${NAMED_BY[NamedBy]}${state}`;
}

/** What a request has to be allowed besides, and whether it is. */
function keyVerdict(key: ExplainedKey): string {
  const needed = namesOf(key.Actions);
  if (key.Allowed === undefined) return needed;
  const by = decidedBy(key);
  return key.Allowed ? `${needed}: allowed by ${by}` : `${needed}: ${key.Action} denied by ${by}`;
}

function decidedBy({
  Statement,
  Stage,
  Reason,
}: Partial<Pick<ExplainedAccess, 'Statement' | 'Stage' | 'Reason'>>): string | undefined {
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
