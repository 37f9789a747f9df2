import { nearestOf, UsageError } from '../command-line.js';
import { accountCommands } from './accounts.js';
import { type AdminCommand, twoColumns } from './admin-command.js';
import { type AdminEdge, processEdge } from './admin-edge.js';
import { explainCommands } from './explain.js';
import { groupCommands } from './groups.js';
import { keyCommands } from './keys.js';
import { kmsAliasCommands } from './kms/aliases.js';
import { kmsKeyCommands } from './kms/keys.js';
import { meantOfKms } from './kms/meant-of-kms.js';
import { kmsRotationCommands } from './kms/rotation.js';
import { kmsStateCommands } from './kms/states.js';
import { policyCommands } from './policies.js';
import { policyVersionCommands } from './policy-versions.js';
import { reencryptCommands } from './reencrypt.js';
import { roleCommands } from './roles.js';
import { rootCommands } from './root-commands.js';
import { userCommands } from './users.js';

const COMMANDS: readonly AdminCommand[] = [
  ...userCommands,
  ...groupCommands,
  ...keyCommands,
  ...policyCommands,
  ...policyVersionCommands,
  ...roleCommands,
  ...kmsKeyCommands,
  ...kmsStateCommands,
  ...kmsRotationCommands,
  ...kmsAliasCommands,
  ...accountCommands,
  ...rootCommands,
  ...explainCommands,
  ...reencryptCommands,
];

const ABOUT = `Environment:
  OPENOSS_RPC_ENDPOINT
      where the server speaks RAM and KMS, if it is not http://127.0.0.1:9002
  OPENOSS_ROOT_ACCESS_KEY_ID, OPENOSS_ROOT_ACCESS_KEY_SECRET; or else
  OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET, and OSS_SESSION_TOKEN for a session
      the access key to sign with. Without them, and without flags, it is the one that was made for
      ./openoss-data.
  NODE_EXTRA_CA_CERTS
      a file with the certificate that a server's HTTPS is to be trusted by

Exit status: 0 done, and for explain: allowed; 1 wrong usage; 2 no answer from a server of RAM;
3 the server refused it, or something stands in the way; 4 explain: denied; 5 reencrypt: objects were
left as they were.
`;

/** `openoss admin`. */
export async function admin(
  typed: readonly string[],
  edge: AdminEdge = processEdge(),
): Promise<number> {
  let command: AdminCommand | undefined;
  try {
    const args = meantOfKms(typed);
    const words = leadingWords(args);
    command = COMMANDS.filter(({ name }) => begins(words, name.split(' '))).at(-1);
    if (command === undefined) return helpOrRefuse(args, words, edge);
    const rest = args.slice(command.name.split(' ').length);
    return await command.run(rest, edge);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(
      error.message,
      command === undefined
        ? 'Run "openoss admin --help" for its commands.'
        : `Run "openoss admin ${command.name} --help" for its flags.`,
    );
  }
}

/** The words before the first flag. */
function leadingWords(args: readonly string[]): readonly string[] {
  const flag = args.findIndex((arg) => arg.startsWith('-'));
  return flag === -1 ? args : args.slice(0, flag);
}

const begins = (words: readonly string[], name: readonly string[]): boolean =>
  name.every((word, at) => words[at] === word);

/** The help of what is named in part, such as `user`; throws UsageError for what is nothing. */
function helpOrRefuse(
  args: readonly string[],
  words: readonly string[],
  { out }: AdminEdge,
): number {
  const asked = words.join(' ');
  const group = COMMANDS.filter(({ name }) => begins(name.split(' '), words));
  const rest = args.slice(words.length);
  const wantsHelp = rest.includes('--help') || rest.includes('-h');
  if (group.length > 0 && (wantsHelp || rest.length === 0)) {
    out.write(overview(asked, group));
    return 0;
  }
  if (group.length > 0) {
    throw new UsageError(`write the command first, then its flags: openoss admin ${asked} …`);
  }
  if (asked.startsWith('account delete')) {
    throw new UsageError(
      'accounts cannot be deleted; one without an access key and without users does nothing: openoss admin account key delete',
    );
  }
  if (asked.startsWith('kms delete')) {
    throw new UsageError(
      'a key of KMS is deleted only after some days, in which it can be kept: openoss admin kms schedule-deletion KEY --days N',
    );
  }
  const known = COMMANDS.map(({ name }) => name);
  const nearest = nearestOf(words.slice(0, 3).join(' '), known) ?? nearestOf(asked, known);
  const near = nearest ?? nearestOf(words.slice(0, 2).join(' '), known);
  throw new UsageError(
    `unknown command: admin ${asked}${near === undefined ? '' : `. Did you mean "openoss admin ${near}"?`}`,
  );
}

function overview(asked: string, commands: readonly AdminCommand[]): string {
  const lines = commands.map(({ name, operands, summary }): readonly [string, string] => [
    operands === '' ? name : `${name} ${operands}`,
    summary.replace(/^[A-Z]/, (first) => first.toLowerCase()),
  ]);
  const of = asked === '' ? '' : ` ${asked}`;
  return `Manages the users, groups, access keys, policies, roles, keys of KMS and accounts of a running server (its
--rpc-listen), explains its decisions, and encrypts anew what is in its buckets.

Usage: openoss admin${of} COMMAND [flags]

Commands:
${twoColumns(lines)}
Use "openoss admin COMMAND --help" for the flags of a command. Each has --json.
${asked === 'key' ? 'The keys of KMS, which objects are encrypted with: openoss admin kms --help\n' : ''}
${asked === '' ? ABOUT : 'Environment, exit status: openoss admin --help\n'}`;
}
