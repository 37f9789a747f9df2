import { checkFlags } from '../arguments/check-flags.js';
import type { FlagDefinition } from '../arguments/flag-definition.js';
import { FlagTable } from '../arguments/flag-table.js';
import { goQuote } from '../arguments/go-quote.js';
import { parseArguments } from '../arguments/parse-arguments.js';
import type { ParsedArguments } from '../arguments/parsed-arguments.js';
import { errorReport } from '../errors/error-report.js';
import { type ExitCode, exitCodes } from '../errors/exit-code.js';
import { InterruptedError } from '../errors/interrupted-error.js';
import { UsageError } from '../errors/usage-error.js';
import { showHelp } from '../help/show-help.js';
import { elapsedLine } from '../output/elapsed-line.js';
import { unknownCommand } from '../suggest.js';
import type { CommandNode } from './command-node.js';
import { type FoundCommand, findCommand } from './find-command.js';
import type { ProgramEdge } from './program-edge.js';

/** How long an interrupted command may take to tidy up, in milliseconds. */
const tidyUpTime = 1000;

function refuseUndecodable({ arguments: tokens, argumentsAreGenuine }: ProgramEdge): void {
  if (argumentsAreGenuine) return;
  const first = tokens.find((token) => token.includes('\ufffd')) ?? '';
  throw new UsageError(`the argument ${goQuote(first)} is not valid UTF-8`, {
    advice: 'keys and names are UTF-8; a name in another encoding can be converted with iconv',
  });
}

/** Dashes that word processors put where a hyphen was typed. */
const otherDash = /^[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/;

function refuseStrayArguments(found: FoundCommand, positionals: readonly string[]): void {
  const { detail } = found;
  const path = found.path.join(' ');
  const [first] = positionals;
  if (detail.positionals !== undefined) {
    const { minimum, maximum } = detail.positionals;
    const count = positionals.length;
    if (count >= minimum && count <= maximum) return;
    const wanted = minimum === maximum ? `${minimum}` : `between ${minimum} and ${maximum}`;
    throw new UsageError(`accepts ${wanted} arg(s), received ${count}`);
  }
  if (first === undefined) return;
  refuseOtherDash(first, path);
  throw new UsageError(`unexpected argument ${goQuote(first)} for ${goQuote(path)}`, {
    advice: 'every value belongs to a flag, and one that has spaces needs quotes',
  });
}

function refuseOtherDash(word: string, path: string): void {
  if (!otherDash.test(word)) return;
  throw new UsageError(`unexpected argument ${goQuote(word)} for ${goQuote(path)}`, {
    advice: 'it begins with a typographic dash; flags begin with the hyphen-minus, "-"',
  });
}

/** A mistyped command is said to be one before its flags, which its parent has not, are looked at. */
function refuseUnknownCommand({ node, path, unknown }: FoundCommand): void {
  if (unknown === undefined) return;
  refuseOtherDash(unknown, path.join(' '));
  throw new UsageError(unknownCommand(unknown, path.join(' '), node.children ?? []));
}

/** `work`, or an `InterruptedError` once Ctrl-C was pressed and `work` had its time to tidy up. */
async function untilInterrupted(work: Promise<void>, interruption: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const interrupted = new Promise<never>((_, reject) => {
    const giveUpSoon = () => {
      timer = setTimeout(() => reject(new InterruptedError()), tidyUpTime);
    };
    if (interruption.aborted) giveUpSoon();
    else interruption.addEventListener('abort', giveUpSoon, { once: true });
  });
  try {
    await Promise.race([work, interrupted]);
  } catch (error) {
    // Whatever an interrupted command fails with, it failed because it was interrupted.
    throw interruption.aborted ? new InterruptedError() : error;
  } finally {
    clearTimeout(timer);
  }
}

async function runCommand(
  root: CommandNode,
  found: FoundCommand,
  parsed: ParsedArguments,
  table: FlagTable,
  globalFlags: readonly FlagDefinition[],
  edge: ProgramEdge,
): Promise<void> {
  if (parsed.boolean('help')) return showHelp(found, globalFlags, edge);
  refuseStrayArguments(found, parsed.positionals);
  checkFlags(table, parsed);
  const { run } = found.detail;
  if (run === undefined) {
    await showHelp(found, globalFlags, edge);
    // A topic is a page to read; for a group, a missing subcommand is an argument error.
    if (found.node.topic === true) return;
    throw new UsageError(`missing subcommand for ${goQuote(found.path.join(' '))}`);
  }
  const context = { path: found.path, arguments: parsed, edge, root, globalFlags };
  await untilInterrupted(run(context), edge.interruption);
}

/**
 * Runs the command that the arguments name and reports what goes wrong on standard error.
 *
 * @returns the status the process is to end with; it never throws
 */
export async function runProgram(
  root: CommandNode,
  globalFlags: readonly FlagDefinition[],
  edge: ProgramEdge,
): Promise<ExitCode> {
  const started = edge.clock.monotonic();
  let path: readonly string[] = [root.name];
  try {
    refuseUndecodable(edge);
    const found = await findCommand(root, edge.arguments, globalFlags);
    path = found.path;
    refuseUnknownCommand(found);
    const table = new FlagTable(found.detail.flags ?? [], globalFlags);
    const parsed = parseArguments(found.rest, table);
    await runCommand(root, found, parsed, table, globalFlags, edge);
    const elapsed = found.detail.printsElapsed === true && !parsed.boolean('help');
    if (elapsed && !parsed.boolean('quiet')) {
      await edge.stdout.write(elapsedLine(edge.clock.monotonic() - started));
    }
    return exitCodes.success;
  } catch (error) {
    const { text, exitCode } = errorReport(error);
    const unadvised = error instanceof UsageError && error.advice === undefined;
    const usage = unadvised ? `Run '${path.join(' ')} --help' for usage.\n` : '';
    // The terminal has just shown "^C": the report gets a line of its own.
    const start = error instanceof InterruptedError && edge.stderr.isTerminal ? '\n' : '';
    // Where it cannot be written nobody reads it; the status is all that is left to say.
    await edge.stderr.write(start + text + usage).catch(() => {});
    return exitCode;
  }
}
