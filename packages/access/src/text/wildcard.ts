/** Whether a text matches a pattern. */
export type Wildcard = (text: string) => boolean;

/** Whether a text has one of the wildcards: `*` for any run of characters, `?` for one. */
export function hasWildcard(text: string): boolean {
  return text.includes('*') || text.includes('?');
}

// V8 keeps tables for the last 250 characters of what it looks for; past them indexOf may take the
// product of both lengths.
const LONGEST_NATIVE_SEARCH = 250;

/**
 * Compiles a pattern with `*` (any run of characters, also none) and `?` (one character, a whole code
 * point). Matching never tries again what it has passed: pieces between stars are looked for from left to
 * right, each where the last one ended. Time grows with the text; for a run of m characters with `?`
 * between two stars by m/32 for each character of it.
 */
export function compileWildcard(pattern: string): Wildcard {
  if (!hasWildcard(pattern)) return (text) => text === pattern;
  if (pattern.includes('?')) return compileWithPlaceholders(pattern);
  const pieces = pattern.split('*');
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  const middle = pieces.slice(1, -1).filter((piece) => piece !== '');
  if (middle.length === 0) {
    if (last === '') return first === '' ? () => true : (text) => text.startsWith(first);
    const shortest = first.length + last.length;
    return (text) => text.length >= shortest && text.startsWith(first) && text.endsWith(last);
  }
  const searches = middle.map(compileSearch);
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let position = first.length;
    for (const search of searches) {
      position = search(text, position);
      if (position === -1) return false;
    }
    return position <= end;
  };
}

/** Where the leftmost occurrence from a position on ends; -1 if there is none. */
type Search = (text: string, from: number) => number;

function compileSearch(piece: string): Search {
  if (piece.length > LONGEST_NATIVE_SEARCH) return compileLongSearch(piece);
  return (text, from) => {
    const at = text.indexOf(piece, from);
    return at === -1 ? -1 : at + piece.length;
  };
}

/** Knuth, Morris and Pratt's search: each character of the text is looked at once. */
function compileLongSearch(piece: string): Search {
  const borders = new Uint32Array(piece.length);
  for (let at = 1, border = 0; at < piece.length; at++) {
    while (border > 0 && piece.charCodeAt(at) !== piece.charCodeAt(border)) {
      border = borders[border - 1] ?? 0;
    }
    if (piece.charCodeAt(at) === piece.charCodeAt(border)) border++;
    borders[at] = border;
  }
  return (text, from) => {
    let matched = 0;
    for (let at = from; at < text.length; at++) {
      while (matched > 0 && text.charCodeAt(at) !== piece.charCodeAt(matched)) {
        matched = borders[matched - 1] ?? 0;
      }
      if (text.charCodeAt(at) === piece.charCodeAt(matched)) matched++;
      if (matched === piece.length) return at + 1;
    }
    return -1;
  };
}

/** What stands for `?` among code points. */
const ANY_ONE = -1;

function compileWithPlaceholders(pattern: string): Wildcard {
  const pieces = pattern.split('*').map((piece) => pointsOf(piece, true));
  const first = pieces[0] ?? [];
  const last = pieces.at(-1) ?? [];
  // Most texts are told by how they begin, without taking them apart.
  const begins = pattern.slice(0, pattern.search(/[*?]/));
  if (pieces.length === 1) {
    return (text) => {
      if (!text.startsWith(begins)) return false;
      const points = pointsOf(text, false);
      return points.length === first.length && matchesAt(first, points, 0);
    };
  }
  const searches = pieces
    .slice(1, -1)
    .filter((piece) => piece.length > 0)
    .map(compilePointSearch);
  const shortest = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return (text) => {
    if (text.length < shortest || !text.startsWith(begins)) return false;
    const points = pointsOf(text, false);
    const end = points.length - last.length;
    if (points.length < shortest) return false;
    if (!matchesAt(first, points, 0) || !matchesAt(last, points, end)) return false;
    let position = first.length;
    for (const search of searches) {
      position = search(points, position, end);
      if (position === -1) return false;
    }
    return position <= end;
  };
}

function pointsOf(text: string, isPattern: boolean): number[] {
  const points: number[] = [];
  for (const character of text) {
    points.push(isPattern && character === '?' ? ANY_ONE : (character.codePointAt(0) ?? 0));
  }
  return points;
}

function matchesAt(piece: readonly number[], points: readonly number[], at: number): boolean {
  for (let index = 0; index < piece.length; index++) {
    if (piece[index] !== ANY_ONE && piece[index] !== points[at + index]) return false;
  }
  return true;
}

/**
 * The shift-and search of Baeza-Yates and Gonnet: bit i of the state says that the last i + 1 characters
 * match the first i + 1 of the piece. All places are followed at once, so nothing is tried twice.
 */
function compilePointSearch(
  piece: readonly number[],
): (points: readonly number[], from: number, end: number) => number {
  const words = Math.ceil(piece.length / 32);
  const anything = new Uint32Array(words);
  const masks = new Map<number, Uint32Array>();
  const mark = (mask: Uint32Array, index: number) => {
    const word = index >>> 5;
    mask[word] = (mask[word] ?? 0) | (1 << (index & 31));
  };
  for (const [index, point] of piece.entries()) if (point === ANY_ONE) mark(anything, index);
  for (const [index, point] of piece.entries()) {
    if (point === ANY_ONE) continue;
    const mask = masks.get(point) ?? anything.slice();
    mark(mask, index);
    masks.set(point, mask);
  }
  const lastWord = words - 1;
  const done = 1 << ((piece.length - 1) & 31);
  return (points, from, end) => {
    const state = new Uint32Array(words);
    for (let at = from; at < end; at++) {
      const mask = masks.get(points[at] ?? 0) ?? anything;
      let carry = 1;
      for (let word = 0; word < words; word++) {
        const before = state[word] ?? 0;
        state[word] = ((before << 1) | carry) & (mask[word] ?? 0);
        carry = before >>> 31;
      }
      if (((state[lastWord] ?? 0) & done) !== 0) return at + 1;
    }
    return -1;
  };
}
