import type { Operation } from '../operation/operation.js';
import { readXml } from '../xml/xml-reader.js';
import { XmlSyntaxError } from '../xml/xml-tree.js';

/** What a client holds of an answer when it reads it as an operation's output. */
export interface ReceivedAnswer {
  /** Lower-case names; values as text. */
  readonly headers: ReadonlyMap<string, string>;
  /** The whole body, for operations that answer XML. */
  readonly body: string | undefined;
  /** The streamed body, for operations that answer one. */
  readonly payload: unknown;
}

/** Reads an answer of success as the operation's output; throws {@link XmlSyntaxError} for a body of another shape. */
export function decodeOutput(
  operation: Operation,
  answer: ReceivedAnswer,
): Record<string, unknown> {
  const output: Record<string, unknown> = {};
  for (const [property, field] of Object.entries(operation.output)) {
    switch (field.kind) {
      case 'header': {
        const text = answer.headers.get(field.name.toLowerCase());
        if (text !== undefined) output[property] = field.codec.decode(text);
        break;
      }
      case 'headerMap': {
        const entries: [name: string, text: string][] = [];
        for (const [name, text] of answer.headers) {
          if (name.startsWith(field.prefix)) entries.push([name.slice(field.prefix.length), text]);
        }
        output[property] = Object.fromEntries(entries);
        break;
      }
      case 'xml':
        if (answer.body !== undefined && answer.body !== '')
          output[property] = readXml(field.shape, answer.body);
        else if (field.required) throw new XmlSyntaxError('the answer has no body');
        break;
      case 'payload':
        output[property] = answer.payload;
        break;
      case 'query':
        throw new TypeError(`${operation.name} describes a query parameter in its output`);
    }
  }
  return output;
}
