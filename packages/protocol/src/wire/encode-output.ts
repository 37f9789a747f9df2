import type { Field } from '../operation/field.js';
import type { Operation } from '../operation/operation.js';
import { writeXml } from '../xml/xml-writer.js';

/** A header as it is written: exact name, byte-string value. */
export type WireHeader = readonly [name: string, value: string];

/** What an operation answers, ready to be written. */
export interface EncodedOutput {
  readonly headers: readonly WireHeader[];
  /** The XML document, or undefined where the body streams or there is none. */
  readonly xml: string | undefined;
  /** The property that streams, if the operation answers with a streamed body. */
  readonly payload: unknown;
}

/** Turns what a handler answered into headers and a body. */
export function encodeOutput(
  operation: Operation,
  output: Readonly<Record<string, unknown>>,
): EncodedOutput {
  const headers: WireHeader[] = [];
  let xml: string | undefined;
  let payload: unknown;
  for (const property in operation.output) {
    const value = output[property];
    if (value === undefined) continue;
    const field = operation.output[property] as Field;
    switch (field.kind) {
      case 'header':
        headers.push([field.name, field.codec.encode(value as never)]);
        break;
      case 'headerMap':
        for (const [name, text] of Object.entries(value as Record<string, string>)) {
          headers.push([field.prefix + name, text]);
        }
        break;
      case 'xml':
        xml = writeXml(field.shape, value);
        break;
      case 'payload':
        payload = value;
        break;
      case 'query':
        throw new TypeError(`${operation.name} describes a query parameter in its output`);
    }
  }
  return { headers, xml, payload };
}
