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
export type OutputEncoder = (output: Readonly<Record<string, unknown>>) => EncodedOutput;

/** Builds the encoder of an operation's answers; made once an operation. */
export function outputEncoder(operation: Operation): OutputEncoder {
  const fields: (readonly [property: string, field: Field])[] = Object.entries(operation.output);
  if (fields.some(([, { kind }]) => kind === 'query')) {
    throw new TypeError(`${operation.name} describes a query parameter in its output`);
  }
  return (output) => {
    const headers: WireHeader[] = [];
    let xml: string | undefined;
    let payload: unknown;
    for (const [property, field] of fields) {
      const value = output[property];
      if (value === undefined) continue;
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
      }
    }
    return { headers, xml, payload };
  };
}
