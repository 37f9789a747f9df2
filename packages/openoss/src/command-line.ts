import { parseArgs } from 'node:util';

/** What a command's flags are: a value or none, and whether they may be given again. */
export type FlagTable = Readonly<
  Record<
    string,
    { readonly type: 'string' | 'boolean'; readonly short?: string; readonly multiple?: boolean }
  >
>;

/** The values of a flag table. */
export type FlagValues<F extends FlagTable> = {
  readonly [K in keyof F]?: F[K]['type'] extends 'boolean'
    ? boolean
    : F[K] extends { multiple: true }
      ? readonly string[]
      : string;
};

/** What is wrong with a command line; the message is for the one who typed it. */
export class UsageError extends Error {
  /** A line that says where to read more. */
  readonly help: string;

  constructor(message: string, help = 'Run "openoss help" for the commands and their flags.') {
    super(message);
    this.name = 'UsageError';
    this.help = help;
  }
}

/** Reads the flags of a command; anything else on the line, but what follows `--`, is refused. */
export function readFlags<const F extends FlagTable>(
  args: readonly string[],
  table: F,
): FlagValues<F> {
  return readArguments(args, table, 0).flags;
}

/** Reads the flags of a command and at most so many operands, which may stand among them. */
export function readArguments<const F extends FlagTable>(
  args: readonly string[],
  table: F,
  mostOperands: number,
): { readonly flags: FlagValues<F>; readonly operands: readonly string[] } {
  const config = {
    args: [...args],
    options: table,
    allowPositionals: true,
    strict: false,
    tokens: true,
  } as const;
  const { values, tokens } = parseArgs(config);
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (operands.length === mostOperands) {
        throw new UsageError(`unexpected argument: ${token.value}`);
      }
      operands.push(token.value);
    }
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
    if (flag === undefined) throw new UsageError(unknownFlag(token.rawName, Object.keys(table)));
    if (flag.type === 'string' && (token.value === undefined || token.value === '')) {
      throw new UsageError(`flag needs an argument: ${token.rawName}`);
    }
    if (flag.type === 'boolean' && token.value !== undefined) {
      throw new UsageError(`flag takes no argument: ${token.rawName}`);
    }
  }
  // The loop above has held every value against the table.
  return { flags: values as FlagValues<F>, operands };
}

function unknownFlag(given: string, known: readonly string[]): string {
  const nearest = nearestOf(given.replace(/^-+/, ''), known);
  return `unknown flag: ${given}${nearest === undefined ? '' : `. Did you mean --${nearest}?`}`;
}

/** The known word that a mistyped one is closest to, if any is close. */
export function nearestOf(given: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(given.length / 3)) + 1;
  for (const word of known) {
    const distance = editDistance(given, word);
    if (distance < bestDistance) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substituted));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** `HOST:PORT`, `[IPv6]:PORT`, `HOST` or `PORT`, as an address to listen on. */
export function readListenAddress(
  text: string,
  fallback: { readonly host: string; readonly port: number },
): { host: string; port: number } {
  const match =
    /^(?:(?:\[([0-9a-f:.]+)\]|((?:[A-Za-z0-9][\w.-]*)?))(?::(\d{1,5}))?|(\d{1,5}))$/i.exec(text);
  if (match === null)
    throw new UsageError(`not an address to listen on: ${text} (write HOST:PORT)`);
  const [, ipv6, name, port, portOnly] = match;
  const bare = name !== undefined && port === undefined && /^\d+$/.test(name) ? name : portOnly;
  const number = Number(bare ?? port ?? fallback.port);
  if (number > 65535) throw new UsageError(`no such port: ${number}`);
  return { host: bare !== undefined ? fallback.host : ipv6 || name || fallback.host, port: number };
}
