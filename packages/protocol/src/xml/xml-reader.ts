import { BadValue } from '../operation/codec.js';
import type { XmlContent, XmlMember, XmlMembers, XmlShape } from '../operation/xml-shape.js';
import { parseXml, type XmlElement, XmlSyntaxError } from './xml-tree.js';

/**
 * Reads a document of a described shape. Elements that the shape does not know are passed over, so
 * that a newer peer can say more; throws {@link XmlSyntaxError} for anything that is not the shape.
 */
export function readXml<T>(shape: XmlShape<T>, document: string): T {
  const root = parseXml(document);
  if (root.name !== shape.root) {
    throw new XmlSyntaxError(`the root element is ${root.name}, not ${shape.root}`);
  }
  return readContent(shape.content, root) as T;
}

function readMembers(members: XmlMembers, element: XmlElement): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [property, member] of Object.entries(members)) {
    const read = readMember(member, element);
    if (read !== undefined) value[property] = read;
  }
  return value;
}

function readMember(member: XmlMember, parent: XmlElement): unknown {
  if (member.repeated !== undefined) {
    const { wrapper } = member.repeated;
    const holder = wrapper === undefined ? parent : onlyChild(parent, wrapper);
    if (holder === undefined) {
      throw new XmlSyntaxError(`${parent.name} lacks the element ${wrapper}`);
    }
    return holder.children
      .filter((child) => child.name === member.name)
      .map((child) => readContent(member.content, child));
  }
  const child = onlyChild(parent, member.name);
  if (child !== undefined) return readContent(member.content, child);
  if (member.optional) return undefined;
  throw new XmlSyntaxError(`${parent.name} lacks the element ${member.name}`);
}

function onlyChild(parent: XmlElement, name: string): XmlElement | undefined {
  const found = parent.children.filter((child) => child.name === name);
  if (found.length > 1) throw new XmlSyntaxError(`${parent.name} has ${name} more than once`);
  return found[0];
}

function readContent(content: XmlContent, element: XmlElement): unknown {
  if (content.kind === 'members') return readMembers(content.members, element);
  try {
    return content.codec.decode(element.text);
  } catch (error) {
    if (error instanceof BadValue) {
      throw new XmlSyntaxError(
        `${element.name} has the illegal value ${JSON.stringify(element.text)}`,
      );
    }
    throw error;
  }
}
