import { placeIn } from './place.js';

/** Why a text is no acceptable JSON, and where. */
export interface JsonFault {
  readonly reason: string;
  /** The member or element it is in, such as `Statement[1].Effect`; empty for the document itself. */
  readonly place: string;
  /** Both counted from 1; columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
}

/**
 * Finds what JSON.parse does not tell well or not at all: where a text stops being JSON (RFC 8259), a name
 * that an object has twice, and nesting deeper than a limit. Undefined if there is nothing to say; then
 * JSON.parse accepts the text.
 */
export function findJsonFault(text: string, maxDepth: number): JsonFault | undefined {
  const scanner = new Scanner(text, maxDepth);
  try {
    scanner.document();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return { ...positionOf(text, error.at), ...error.told };
    throw error;
  }
}

class Fault extends Error {
  readonly at: number;
  readonly told: { readonly reason: string; readonly place: string };

  constructor(at: number, reason: string, place: string) {
    super(reason);
    this.at = at;
    this.told = { reason, place };
  }
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class Scanner {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  document(): void {
    this.#space();
    this.#value('', 0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail('the document ends before this', '');
  }

  #value(place: string, depth: number): void {
    if (depth > this.#maxDepth) {
      this.#fail(`nested deeper than ${this.#maxDepth} levels`, place);
    }
    const next = this.#text[this.#at];
    if (next === '{') this.#object(place, depth);
    else if (next === '[') this.#array(place, depth);
    else if (next === '"') this.#string(place);
    else if (!this.#take(NUMBER) && !this.#take(LITERAL)) this.#fail('a value was expected', place);
  }

  #object(place: string, depth: number): void {
    const names = new Set<string>();
    this.#at++;
    this.#space();
    if (this.#skip('}')) return;
    do {
      this.#space();
      const start = this.#at;
      if (this.#text[start] !== '"') this.#fail('a name in double quotes was expected', place);
      this.#string(place);
      const name: string = JSON.parse(this.#text.slice(start, this.#at));
      const inside = placeIn(place, name);
      if (names.has(name)) {
        this.#at = start;
        this.#fail('the name stands twice in one object', inside);
      }
      names.add(name);
      this.#space();
      if (!this.#skip(':')) this.#fail("':' was expected", inside);
      this.#space();
      this.#value(inside, depth + 1);
      this.#space();
    } while (this.#skip(','));
    if (!this.#skip('}')) this.#fail("',' or '}' was expected", place);
  }

  #array(place: string, depth: number): void {
    this.#at++;
    this.#space();
    if (this.#skip(']')) return;
    let index = 0;
    do {
      this.#space();
      this.#value(placeIn(place, index++), depth + 1);
      this.#space();
    } while (this.#skip(','));
    if (!this.#skip(']')) this.#fail("',' or ']' was expected", place);
  }

  #string(place: string): void {
    const start = this.#at++;
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(unit)) {
        this.#at = start;
        this.#fail('the string that begins here does not end', place);
      }
      if (unit === 0x22) break;
      if (unit < 0x20) this.#fail('a control character in a string has to be escaped', place);
      if (unit !== 0x5c) this.#at++;
      else if (!this.#take(ESCAPE)) this.#fail('this is no escape that JSON knows', place);
    }
    this.#at++;
  }

  #space(): void {
    this.#take(SPACE);
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #fail(reason: string, place: string): never {
    const ended = this.#at >= this.#text.length;
    throw new Fault(this.#at, ended ? `the document is cut off: ${reason}` : reason, place);
  }
}

function positionOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: at - lineStart + 1 };
}
