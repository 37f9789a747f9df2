import { escapeXml } from '@openoss/protocol';
import type { DocumentValue } from './document.js';

/** What the elements of an array are called where no parent names them. */
const elementName = 'element';

/** A name that XML takes: what it does not allow becomes `_` (header names may hold such). */
function safeName(name: string): string {
  const safe = name.replace(/[^\p{L}\p{N}._-]/gu, '_');
  return /^[\p{L}_]/u.test(safe) ? safe : `_${safe}`;
}

function write(name: string, value: DocumentValue, indent: string): string {
  if (value === null) return `${indent}<${name}/>`;
  if (typeof value !== 'object') return `${indent}<${name}>${escapeXml(String(value))}</${name}>`;
  const deeper = `${indent}  `;
  const children = Array.isArray(value)
    ? value.map((item) => write(elementName, item, deeper))
    : Object.entries(value).flatMap(([key, member]) =>
        // An array is its elements, each under the array's name.
        (Array.isArray(member) ? member : [member]).map((item: DocumentValue) =>
          write(safeName(key), item, deeper),
        ),
      );
  if (children.length === 0) return `${indent}<${name}/>`;
  return `${indent}<${name}>\n${children.join('\n')}\n${indent}</${name}>`;
}

/** `value` as XML with two-space indent, under an element called `root`. */
export function xmlFromDocument(value: DocumentValue, root: string): string {
  return write(root, value, '');
}
