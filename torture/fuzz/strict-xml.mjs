/**
 * A reader of XML 1.0 documents of our own, which takes nothing that is not well-formed: what the
 * server writes is held against it, and not against the reader that the server has.
 */

/**
 * @typedef {object} StrictElement
 * @property {string} name
 * @property {string} text directly inside it
 * @property {StrictElement[]} children
 */

const NAME = /[A-Za-z_][\w.-]*/y;
const DECLARATION = /<\?xml version="1\.0" encoding="UTF-8"\?>/y;
const ATTRIBUTE = /\s+[A-Za-z_][\w.:-]*="([^<&"]*)"/y;
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/y;
/** @type {Readonly<Record<string, string>>} */
const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** What is wrong with a document. */
export class NotWellFormed extends Error {}

/**
 * @param {string} document
 * @param {object} [options]
 * @param {boolean} [options.anyCharacters] names of objects may have characters that XML 1.0 cannot
 *   carry; OSS lists them all the same, and so do we, unless it is asked to encode them
 * @returns {StrictElement}
 */
export function readStrictXml(document, { anyCharacters = false } = {}) {
  let at = 0;
  /** @param {string} what @returns {never} */
  const fail = (what) => {
    throw new NotWellFormed(`${what} at ${at}: ${JSON.stringify(document.slice(at, at + 40))}`);
  };
  /** @param {RegExp} pattern */
  const take = (pattern) => {
    pattern.lastIndex = at;
    const match = pattern.exec(document);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  const takeSpace = () => {
    while (/\s/.test(document[at] ?? '')) at++;
  };
  /** @param {number} code */
  const check = (code) => {
    if (!anyCharacters && !isCharacter(code)) fail(`the character ${code}`);
  };
  const readText = () => {
    let text = '';
    for (;;) {
      const char = document.codePointAt(at);
      if (char === undefined || document[at] === '<') return text;
      if (document[at] === '&') {
        const match = take(REFERENCE) ?? fail('no reference');
        const [, entity, decimal, hex] = match;
        const code =
          decimal === undefined ? Number.parseInt(hex ?? '0', 16) : Number.parseInt(decimal, 10);
        if (entity === undefined) check(code);
        text += entity === undefined ? String.fromCodePoint(code) : ENTITIES[entity];
        continue;
      }
      if (document.startsWith(']]>', at)) fail(']]>');
      check(char);
      const plain = String.fromCodePoint(char);
      text += plain;
      at += plain.length;
    }
  };
  /** @param {number} depth @returns {StrictElement} */
  const readElement = (depth) => {
    if (depth > 50) fail('deeper than any answer');
    if (document[at] !== '<') fail('no element');
    at++;
    const name = take(NAME)?.[0] ?? fail('no name');
    while (take(ATTRIBUTE) !== null);
    takeSpace();
    /** @type {StrictElement} */
    const element = { name, text: '', children: [] };
    if (document.startsWith('/>', at)) {
      at += 2;
      return element;
    }
    if (document[at] !== '>') fail('no end of a tag');
    at++;
    for (;;) {
      element.text += readText();
      if (document.startsWith(`</${name}>`, at)) {
        at += name.length + 3;
        return element;
      }
      if (document[at] !== '<' || document[at + 1] === '/') fail(`${name} is not closed`);
      element.children.push(readElement(depth + 1));
    }
  };
  if (take(DECLARATION) === null) fail('no declaration');
  takeSpace();
  const root = readElement(0);
  takeSpace();
  if (at < document.length) fail('something after the end');
  return root;
}

/** @param {number} code */
function isCharacter(code) {
  return (
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  );
}
