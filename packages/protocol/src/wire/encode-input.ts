import type { Field } from '../operation/field.js';
import type { Operation } from '../operation/operation.js';
import { writeXml } from '../xml/xml-writer.js';
import type { WireHeader } from './encode-output.js';
import type { QueryParameter } from './request-target.js';

/** Stands in an input for a value that is already in its wire form, legal or not: a server judges it. */
export class WireText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A request as an operation describes it: unsigned, and not yet bound to an endpoint. */
export interface EncodedInput {
  readonly method: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  /** Values as Unicode text; a sender writes them as UTF-8. */
  readonly headers: readonly WireHeader[];
  readonly query: readonly QueryParameter[];
  readonly xml: string | undefined;
  /** The streamed body, if the operation takes one and the input has it. */
  readonly payload: unknown;
}

/** Turns an operation's input into a request; a required value that is absent is a `TypeError`. */
export function encodeInput(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
): EncodedInput {
  const headers: WireHeader[] = [];
  const query: QueryParameter[] = Object.entries(operation.match.query ?? {});
  let xml: string | undefined;
  let payload: unknown;
  for (const [property, field] of Object.entries(operation.input)) {
    const value = input[property];
    if (value === undefined) {
      if (field.required) throw new TypeError(`missing required field, ${property}.`);
      continue;
    }
    switch (field.kind) {
      case 'header':
        headers.push([field.name, encodeText(field, value)]);
        break;
      case 'query':
        query.push([field.name, encodeText(field, value)]);
        break;
      case 'headerMap':
        for (const [name, text] of Object.entries(value as Record<string, string>)) {
          headers.push([field.prefix + name, text]);
        }
        break;
      case 'xml':
        xml = value instanceof WireText ? value.text : writeXml(field.shape, value);
        break;
      case 'payload':
        payload = value;
        break;
    }
  }
  const { bucket, key } = input as { bucket?: string; key?: string };
  return { method: operation.match.method, bucket, key, headers, query, xml, payload };
}

function encodeText(field: Extract<Field, { kind: 'header' | 'query' }>, value: unknown): string {
  return value instanceof WireText ? value.text : field.codec.encode(value as never);
}
