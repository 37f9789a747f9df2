import type { XmlContent, XmlMember, XmlMembers, XmlShape } from '../operation/xml-shape.js';

const PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n';

// Control characters other than tab and line feed have no literal form that a reader keeps: XML
// readers turn a bare CR into LF, and refuse the rest even as references. They are written as
// references all the same, as OSS does; a lister that has such keys asks for encoding-type=url.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const SPECIAL = /[&<>"\u0000-\u0008\u000b-\u001f]/g;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text made safe to stand between tags. */
export function escapeXml(text: string): string {
  return SPECIAL.test(text)
    ? text.replace(SPECIAL, (char) => ENTITIES[char] ?? `&#${char.charCodeAt(0)};`)
    : text;
}

/** The document of a described shape. */
export function writeXml<T>(shape: XmlShape<T>, value: T): string {
  return `${PROLOGUE}<${shape.root}>${writeContent(shape.content, value)}</${shape.root}>`;
}

/** An element that holds text, or elements that do. */
export type FlatXmlElement = readonly [string, string | readonly (readonly [string, string])[]];

/** A document of elements that hold text, in the order given; for bodies without a described shape. */
export function writeFlatXml(root: string, elements: Iterable<FlatXmlElement>): string {
  let inner = '';
  for (const [name, content] of elements) {
    if (typeof content === 'string') inner += `\n  <${name}>${escapeXml(content)}</${name}>`;
    else {
      inner += `\n  <${name}>`;
      for (const [part, text] of content) inner += `\n    <${part}>${escapeXml(text)}</${part}>`;
      inner += `\n  </${name}>`;
    }
  }
  return `${PROLOGUE}<${root}>${inner}\n</${root}>\n`;
}

function writeMembers(members: XmlMembers, value: Readonly<Record<string, unknown>>): string {
  let out = '';
  for (const [property, member] of Object.entries(members)) {
    out += writeMember(member, value[property]);
  }
  return out;
}

function writeMember(member: XmlMember, value: unknown): string {
  if (member.repeated !== undefined) {
    const items = value as readonly unknown[];
    let out = '';
    for (const item of items) out += writeElement(member.name, member.content, item);
    const { wrapper } = member.repeated;
    return wrapper === undefined ? out : `<${wrapper}>${out}</${wrapper}>`;
  }
  return value === undefined ? '' : writeElement(member.name, member.content, value);
}

function writeElement(name: string, content: XmlContent, value: unknown): string {
  return `<${name}>${writeContent(content, value)}</${name}>`;
}

function writeContent(content: XmlContent, value: unknown): string {
  return content.kind === 'text'
    ? escapeXml(content.codec.encode(value as never))
    : writeMembers(content.members, value as Readonly<Record<string, unknown>>);
}
