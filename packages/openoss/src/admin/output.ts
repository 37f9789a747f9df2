import type { Writer } from './admin-edge.js';

/** What a command prints: text for people, or one JSON document for scripts. */
export class Output {
  readonly #results: Writer;
  readonly #failures: Writer;
  readonly #json: boolean;

  constructor(results: Writer, failures: Writer, json: boolean) {
    this.#results = results;
    this.#failures = failures;
    this.#json = json;
  }

  /** Prints a result: its document, or the text that is made of it. */
  result(document: unknown, text: () => string): void {
    const printed = this.#json ? JSON.stringify(document, undefined, 2) : text().trimEnd();
    if (printed !== '') this.#results.write(`${printed}\n`);
  }

  /** Prints one line of several: its document, or the text that is made of it; nothing for no text. */
  line(document: unknown, text: string | undefined): void {
    if (this.#json) this.#results.write(`${JSON.stringify(document)}\n`);
    else if (text !== undefined) this.#results.write(`${text}\n`);
  }

  /** Prints why something was not done. */
  failure(document: object, text: string): void {
    this.#failures.write(this.#json ? `${JSON.stringify(document)}\n` : `openoss: ${text}\n`);
  }
}

/** Columns by their titles, and a line for each row; `none` where there is no row. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
  none: string,
): string {
  if (rows.length === 0) return none;
  const cells = [titles, ...rows].map((row) => row.map((cell) => shownCell(cell)));
  const widths = titles.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const NAME_COLUMN = 16;

/** A name and a value a line; those without a value are left out. */
export function fields(of: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(of)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${`${name}:`.padEnd(NAME_COLUMN)} ${shownCell(value)}`)
    .join('\n');
}

/** What others have named can hold anything; a terminal is not to obey it. */
export function shownCell(cell: string | number | undefined): string {
  const text = cell === undefined || cell === '' ? '-' : String(cell);
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u.test(text) ? text : JSON.stringify(text);
}

/** A document of JSON, for people; as it is where it is none. */
export function prettyJson(document: string): string {
  try {
    return JSON.stringify(JSON.parse(document), undefined, 2);
  } catch {
    return document;
  }
}

/** Each line of a text, with so many spaces before it. */
export const indented = (text: string, spaces: number): string =>
  text.replace(/^(?=.)/gm, ' '.repeat(spaces));
