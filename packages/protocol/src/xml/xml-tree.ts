import { SaxesParser } from 'saxes';

/** An element as read: its name without prefix, the text directly inside it, and its children. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** What {@link parseXml} throws: the text is not one well-formed document that we accept. */
export class XmlSyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'XmlSyntaxError';
  }
}

/** Deeper nesting than any OSS document has; a limit keeps hostile documents from costing memory. */
const MAX_DEPTH = 64;
/** More elements than any OSS document has: the completion of 10,000 parts names three for each. */
const MAX_ELEMENTS = 100_000;

interface OpenElement {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/**
 * Reads a document into its root element. Comments and processing instructions are skipped,
 * attributes and namespaces are dropped, a document type declaration is refused (no entity but
 * XML's own five is ever expanded).
 */
export function parseXml(document: string): XmlElement {
  const parser = new SaxesParser({ position: false });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  parser.on('error', (error) => {
    throw new XmlSyntaxError(error.message);
  });
  parser.on('doctype', () => {
    throw new XmlSyntaxError('a document type declaration is not accepted');
  });
  parser.on('opentag', ({ name }) => {
    if (open.length === MAX_DEPTH) throw new XmlSyntaxError('elements are nested too deeply');
    elements += 1;
    if (elements > MAX_ELEMENTS) throw new XmlSyntaxError('the document has too many elements');
    open.push({ name: name.slice(name.indexOf(':') + 1), text: '', children: [] });
  });
  const addText = (text: string) => {
    const current = open.at(-1);
    if (current !== undefined) current.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed === undefined) return;
    const parent = open.at(-1);
    if (parent === undefined) root = closed;
    else parent.children.push(closed);
  });
  parser.write(document).close();
  if (root === undefined) throw new XmlSyntaxError('the document has no root element');
  return root;
}
