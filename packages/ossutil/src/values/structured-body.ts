import { escapeXml } from '@openoss/protocol';
import { UsageError } from '../errors/usage-error.js';
import type { StructuredText } from './structured-value.js';

const xmlName = /^[A-Za-z_][A-Za-z0-9._-]*$/;

function element(name: string, value: unknown, flag: string): string {
  if (!xmlName.test(name)) {
    throw new UsageError(`--${flag}: ${JSON.stringify(name)} cannot be the name of an XML element`);
  }
  if (Array.isArray(value)) {
    if (value.some(Array.isArray)) {
      throw new UsageError(`--${flag}: ${name} is a list of lists, which XML has no form for`);
    }
    return value.map((item: unknown) => element(name, item, flag)).join('');
  }
  return `<${name}>${content(value, name, flag)}</${name}>`;
}

function content(value: unknown, name: string, flag: string): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([key, member]) => element(key, member, flag))
      .join('');
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value)) {
    throw new UsageError(`--${flag}: the number of ${name} is too large; write it as a string`);
  }
  return escapeXml(String(value));
}

/**
 * The XML that goes on the wire for a structured option.
 *
 * XML is sent as it was written. JSON leaves the root element out (and may have it nevertheless):
 * members become elements in their order, an array becomes one element an item, null an empty one.
 *
 * @param root the name of the root element: `Tagging`
 * @param flag the option, for messages
 * @throws UsageError when the JSON is malformed, or has what XML has no form for
 */
export function structuredBody(source: StructuredText, root: string, flag: string): string {
  if (source.language === 'xml') return source.text;
  let value: unknown;
  try {
    value = JSON.parse(source.text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--${flag}: the JSON is malformed: ${reason}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new UsageError(`--${flag}: the JSON has to be an object, the content of <${root}>`);
  }
  const members = Object.entries(value);
  const [only] = members;
  const hasRoot = members.length === 1 && only?.[0] === root && !Array.isArray(only[1]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, hasRoot ? only[1] : value, flag)}`;
}
