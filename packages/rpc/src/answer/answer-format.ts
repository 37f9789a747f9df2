import { escapeXml } from '@openoss/protocol';
import { RpcError } from '../rpc-error.js';
import type { Answer, AnswerValue } from './answer-value.js';

/** How an answer is written. */
export interface AnswerFormat {
  readonly contentType: string;
  /** The document; `root` is the name of its element, where there is one. */
  write(root: string, answer: Answer): string;
}

const json: AnswerFormat = {
  contentType: 'application/json;charset=utf-8',
  write: (_root, answer) => JSON.stringify(answer),
};

const xml: AnswerFormat = {
  contentType: 'text/xml;charset=utf-8',
  write: (root, answer) => `<?xml version='1.0' encoding='UTF-8'?>${element(root, answer)}`,
};

const FORMATS: ReadonlyMap<string, AnswerFormat> = new Map([
  ['JSON', json],
  ['XML', xml],
]);

/**
 * The format that a call asks for: with `Format`, or else with Accept. Unless told, it is XML for calls that
 * are signed in their parameters, and JSON for those that are signed in a header. Throws RpcError.
 */
export function answerFormat(call: {
  readonly parameters: ReadonlyMap<string, string>;
  readonly headers: ReadonlyMap<string, string>;
}): AnswerFormat {
  const told = call.parameters.get('Format');
  if (told !== undefined && told !== '') {
    const format = FORMATS.get(told.toUpperCase());
    if (format === undefined) throw RpcError.of('FormatUnknown');
    return format;
  }
  const accept = call.headers.get('accept')?.toLowerCase() ?? '';
  if (accept.includes('json')) return json;
  if (accept.includes('xml')) return xml;
  return call.headers.has('authorization') ? json : xml;
}

/** For refusals of what was not understood far enough to tell what it asks for. */
export const defaultFormat: AnswerFormat = json;

function element(name: string, value: AnswerValue): string {
  if (value === undefined) return '';
  if (typeof value !== 'object') return `<${name}>${escapeXml(String(value))}</${name}>`;
  if (isList(value)) return value.map((item) => element(name, item)).join('');
  const members = Object.entries(value).map(([member, inner]) => element(member, inner));
  return `<${name}>${members.join('')}</${name}>`;
}

const isList = (value: Answer | readonly Answer[]): value is readonly Answer[] =>
  Array.isArray(value);
