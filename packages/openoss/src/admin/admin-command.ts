import type { Readable } from 'node:stream';
import { type FlagTable, type FlagValues, readArguments, UsageError } from '../command-line.js';
import type { AdminEdge } from './admin-edge.js';
import { CONNECTION_FLAGS, type Connection, connectionOf } from './connection.js';
import { explainRefusal } from './explain-refusal.js';
import { Output } from './output.js';
import { NoAnswer, Refused, RpcCaller } from './rpc-caller.js';

/** The exit statuses of `openoss admin`, besides 0 for done and 1 for wrong usage. */
export const ADMIN_STATUS = { noAnswer: 2, refused: 3, denied: 4, unfinished: 5 } as const;

/** The flags of a command, each with what its help says. */
export type DescribedFlags = Readonly<
  Record<string, FlagTable[string] & { readonly value?: string; readonly doc: string }>
>;

/** What a command works with. */
export interface AdminContext<F extends FlagTable> {
  readonly flags: FlagValues<F>;
  readonly operands: readonly string[];
  readonly server: RpcCaller;
  readonly out: Output;
  /** Standard input, for documents. */
  readonly input: Readable;
  /** Whom it signs as, and where it calls. */
  readonly connection: () => Promise<Connection>;
  /** What is under way can be told there. */
  readonly edge: Pick<AdminEdge, 'err' | 'isWatched' | 'interruption'>;
}

/** One command of `openoss admin`. */
export interface AdminCommand {
  /** Such as `user create`. */
  readonly name: string;
  /** The operands as usage has them: `NAME`. */
  readonly operands: string;
  readonly summary: string;
  readonly flags: DescribedFlags;
  /** Further sentences for its help. */
  readonly more: string | undefined;
  /** Runs it on what follows its name; returns the exit status. */
  readonly run: (args: readonly string[], edge: AdminEdge) => Promise<number>;
}

/** Flags that every command has. */
const COMMON_FLAGS = {
  ...CONNECTION_FLAGS,
  json: { type: 'boolean', doc: 'print JSON' },
  help: { type: 'boolean', short: 'h', doc: 'this text' },
} as const satisfies DescribedFlags;

/**
 * Makes a command of its description. `operands` is what usage shows; those in brackets may be left out, and
 * one with dots may be given again.
 */
export function adminCommand<const F extends DescribedFlags>(description: {
  readonly name: string;
  readonly operands?: string;
  readonly summary: string;
  readonly flags?: F;
  readonly more?: string;
  readonly run: (context: AdminContext<F>) => Promise<number>;
}): AdminCommand {
  const { name, operands = '', summary, more, run } = description;
  const flags = description.flags ?? ({} as F);
  const { least, most } = countsOf(operands);
  const command: AdminCommand = {
    name,
    operands,
    summary,
    flags,
    more,
    async run(args, edge) {
      const { out: results, err, input, environment } = edge;
      const read = readArguments(args, { ...COMMON_FLAGS, ...flags }, most);
      // The flags of two tables, one of which is not known here: what was read is both.
      const common = read.flags as FlagValues<typeof COMMON_FLAGS>;
      if (common.help) {
        results.write(helpOf(command));
        return 0;
      }
      if (read.operands.length < least) {
        throw new UsageError(`${name} needs ${operands}`);
      }
      let found: Promise<Connection> | undefined;
      const connection = () => {
        found ??= connectionOf(common, environment);
        return found;
      };
      const out = new Output(results, err, common.json ?? false);
      const server = new RpcCaller(connection);
      const own = read.flags as unknown as FlagValues<F>;
      try {
        const { operands } = read;
        return await run({ flags: own, operands, server, out, input, connection, edge });
      } catch (error) {
        if (error instanceof NoAnswer) {
          out.failure({ Message: error.message }, error.message);
          return ADMIN_STATUS.noAnswer;
        }
        if (!(error instanceof Refused)) throw error;
        const { code: Code, status: HttpStatus, message: Message } = error;
        const { RequestId } = error.answer;
        const told = explainRefusal(error, await connection());
        out.failure({ Code, HttpStatus, Message, RequestId }, told);
        return ADMIN_STATUS.refused;
      }
    },
  };
  return command;
}

function countsOf(operands: string): { readonly least: number; readonly most: number } {
  const words = operands.split(' ').filter((word) => word !== '' && word !== '…');
  return {
    least: words.filter((word) => !word.startsWith('[')).length,
    most: operands.includes('…') ? 1000 : words.length,
  };
}

/** The help of one command. */
function helpOf({ name, operands, summary, flags, more }: AdminCommand): string {
  const usage = ['openoss admin', name, operands, '[flags]'].filter((word) => word !== '');
  const own = Object.keys(flags).length === 0 ? '' : `Flags:\n${flagLines(flags)}\n`;
  const sentences = more === undefined ? '' : `${more.trim()}\n\n`;
  return `${summary}.

Usage: ${usage.join(' ')}

${sentences}${own}Flags of every command:
${flagLines(COMMON_FLAGS)}
Environment, exit status: openoss admin --help
`;
}

function flagLines(flags: DescribedFlags): string {
  return twoColumns(
    Object.entries(flags).map(([flag, { short, value, doc }]) => {
      const letter = short === undefined ? '    ' : `-${short}, `;
      return [`${letter}--${flag}${value === undefined ? '' : ` ${value}`}`, doc];
    }),
  );
}

/** Lines of help: what there is, and beside it what it does, which may have several lines. */
export function twoColumns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows
    .map(([left, right]) => {
      const [first, ...rest] = right.split('\n');
      const lines = [`  ${left.padEnd(width)}  ${first}`];
      for (const line of rest) lines.push(`  ${' '.repeat(width)}  ${line}`);
      return `${lines.join('\n')}\n`;
    })
    .join('');
}
