import { parseXml, type XmlElement } from '@openoss/protocol';
import type { DocumentValue } from './document.js';

function documentOf(element: XmlElement): DocumentValue {
  // An element without children is a scalar, and every scalar is a string; an empty one is null.
  if (element.children.length === 0) return element.text === '' ? null : element.text;
  const members = new Map<string, DocumentValue[]>();
  for (const child of element.children) {
    const siblings = members.get(child.name);
    if (siblings === undefined) members.set(child.name, [documentOf(child)]);
    else siblings.push(documentOf(child));
  }
  return Object.fromEntries(
    [...members].map(([name, values]) => [
      name,
      values.length === 1 ? (values[0] ?? null) : values,
    ]),
  );
}

/**
 * An XML answer as data, by ossutil 2's mapping: the root's name is dropped, an element that occurs
 * once is a value and one that repeats an array, scalars are strings (`"10000"`, `"false"`), an empty
 * element is null. The text of a scalar is kept as it stands, spaces included: it may be a key.
 *
 * @throws XmlSyntaxError when it is not one well-formed document
 */
export function documentFromXml(xml: string): DocumentValue {
  return documentOf(parseXml(xml));
}
