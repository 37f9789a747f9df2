import { parseArgs } from 'node:util';
import { UsageError } from '../../command-line.js';
import { CONNECTION_FLAGS } from '../connection.js';
import { isAliasOrArn, isKmsKeyName } from './key-name.js';
import { CREATE_FLAGS } from './keys.js';

/** What can be done to a key of KMS, and not to an access key. */
const OF_KMS_ALONE: ReadonlySet<string> = new Set([
  'show',
  'describe',
  'alias',
  'cancel-deletion',
  'rotate',
  'rotation',
  'schedule-deletion',
]);

/**
 * The command that is meant by what was typed: `key …` is about the access keys of RAM, but where only a key of
 * KMS can be meant it stands for `kms …` (docs/decisions/0012). Throws UsageError where it can be neither.
 */
export function meantOfKms(args: readonly string[]): readonly string[] {
  const [group, verb = '', ...rest] = args;
  if (group === 'kms') return verb === 'describe' ? ['kms', 'show', ...rest] : args;
  if (group !== 'key') return args;
  if (OF_KMS_ALONE.has(verb)) return meantOfKms(['kms', verb, ...rest]);
  const { operands, flags } = read(rest);
  const [operand = ''] = operands;
  switch (verb) {
    case 'enable':
    case 'disable':
    case 'delete':
      return operands.length === 1 && isKmsKeyName(operand) ? ['kms', verb, ...rest] : args;
    case 'create':
      if (operands.length === 0 && flags.some((flag) => Object.hasOwn(CREATE_FLAGS, flag))) {
        return ['kms', verb, ...rest];
      }
      refuseKmsName(operand, 'openoss admin kms create --alias');
      return args;
    case 'list':
      refuseKmsName(operand, 'openoss admin kms show');
      return args;
    default:
      return args;
  }
}

function refuseKmsName(operand: string, instead: string): void {
  if (!isAliasOrArn(operand)) return;
  throw new UsageError(`${operand} is a name for keys of KMS, and no user: ${instead} ${operand}`);
}

/** Operands and flags as the commands of both groups would read them. */
function read(args: readonly string[]): {
  readonly operands: readonly string[];
  readonly flags: readonly string[];
} {
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...CONNECTION_FLAGS, ...CREATE_FLAGS },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  return {
    operands: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])),
    flags: tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : [])),
  };
}
