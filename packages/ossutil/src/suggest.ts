import { goQuote } from './arguments/go-quote.js';

/** What a suggestion is chosen from. */
export interface Named {
  readonly name: string;
  readonly hidden?: boolean | undefined;
}

/** A command and those below it. */
export interface NamedCommand extends Named {
  readonly children?: readonly Named[] | undefined;
}

const squeeze = (name: string): string => name.toLowerCase().replace(/[-_.]/g, '');

/**
 * The least number of single-character edits between two texts, a swap of neighbours counting as
 * one (optimal string alignment).
 */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(
        (previous[j] ?? 0) + 1,
        (current[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + cost,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforePrevious[j - 2] ?? 0) + 1);
      }
      current.push(least);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/**
 * How far `candidate` is from what was typed, lower is nearer; undefined when it is no suggestion.
 *
 * Equal but for case and separators beats everything (`accessKeyId`), then a prefix (`meta` for
 * `metadata`), then at most two edits, or one in four of a long name, then a name that has all the
 * typed words (`acl` for `object-acl`).
 */
function remoteness(typed: string, candidate: string): number | undefined {
  const [a, b] = [squeeze(typed), squeeze(candidate)];
  if (a === '') return undefined;
  if (a === b) return 0;
  const distance = editDistance(a, b);
  if (a.length > 1 && b.startsWith(a)) return Math.min(distance, 1);
  if (distance <= Math.max(2, Math.floor(a.length / 4)) && distance < a.length) return distance;
  const words = new Set(candidate.split('-'));
  return typed.length > 2 && typed.split('-').every((word) => words.has(word)) ? 10 : undefined;
}

/** The names nearest to what was typed, nearest first, at most `limit`. */
export function nearestNames(typed: string, candidates: readonly Named[], limit = 3): string[] {
  return candidates
    .filter((candidate) => candidate.hidden !== true)
    .map(({ name }) => ({ name, at: remoteness(typed, name) }))
    .filter((candidate): candidate is { name: string; at: number } => candidate.at !== undefined)
    .sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/**
 * One line of advice for an unknown flag, or undefined where nothing is near.
 *
 * @param options.exact only a flag spelled exactly so, case and separators aside
 */
export function nearestFlag(
  typed: string,
  flags: readonly Named[],
  options: { readonly exact?: boolean } = {},
): string | undefined {
  const [nearest] = nearestNames(typed.split('=')[0] ?? typed, flags, 1);
  if (nearest === undefined) return undefined;
  if (options.exact === true && squeeze(nearest) !== squeeze(typed.split('=')[0] ?? typed)) {
    return undefined;
  }
  return `did you mean --${nearest}?`;
}

function namesBelow(typed: string, commands: readonly NamedCommand[]): string[] {
  return commands
    .filter((command) => command.hidden !== true)
    .flatMap(({ name, children = [] }) =>
      nearestNames(typed, children).map((below) => `${name} ${below}`),
    )
    .slice(0, 3);
}

/**
 * The text of an unknown command, in cobra's form: the sentence, a blank line, the suggestions.
 * Where nothing near stands at its place, what stands one level below does (`put-object` for
 * `api put-object`).
 *
 * @param path the command that has no such subcommand, `ossutil api`
 */
export function unknownCommand(
  typed: string,
  path: string,
  commands: readonly NamedCommand[],
): string {
  const here = nearestNames(typed, commands);
  const names = here.length > 0 ? here : namesBelow(typed, commands);
  const sentence = `unknown command ${goQuote(typed)} for ${goQuote(path)}`;
  if (names.length === 0) return sentence;
  return `${sentence}\n\nDid you mean this?\n${names.map((name) => `\t${name}\n`).join('')}`;
}
