import { OssError } from '../errors/oss-error.js';
import { BadValue } from '../operation/codec.js';
import type { Field, HeaderField, HeaderMapField, QueryField } from '../operation/field.js';
import type { Operation } from '../operation/operation.js';
import { utf8Text } from '../signature/byte-string.js';
import { readXml } from '../xml/xml-reader.js';
import { XmlSyntaxError } from '../xml/xml-tree.js';
import type { QueryParameter } from './request-target.js';

/** A request's headers: lower-case names, byte-string values, repeats joined by a comma. */
export type RequestHeaders = ReadonlyMap<string, string>;

/** Reads what a request says in its headers and query; made once an operation. */
export type InputDecoder = (
  headers: RequestHeaders,
  query: readonly QueryParameter[],
) => Record<string, unknown>;

type Step = (
  input: Record<string, unknown>,
  headers: RequestHeaders,
  query: readonly QueryParameter[],
) => void;

/**
 * Builds the decoder of an operation: everything of its input but the body. It throws the exact
 * `OssError` of the field for a value that is missing, empty or not legal, and `NotImplemented`
 * with the header's name for one that this server does not serve yet.
 */
export function inputDecoder(operation: Operation): InputDecoder {
  const steps: Step[] = [];
  for (const [property, field] of Object.entries(operation.input)) {
    const step = stepOf(property, field);
    if (step !== undefined) steps.push(step);
  }
  if (!takesEncryption(operation)) steps.push(refuseEncryption);
  return (headers, query) => {
    const input: Record<string, unknown> = {};
    for (const step of steps) step(input, headers, query);
    return input;
  };
}

const ENCRYPTION = 'x-oss-server-side-encryption';

function takesEncryption(operation: Operation): boolean {
  return Object.values(operation.input).some(
    (field) => field.kind === 'header' && field.name === ENCRYPTION,
  );
}

/** Who asks for encryption where there is none is told so, whatever the value (the page of EC 0005-00000002). */
const refuseEncryption: Step = (_input, headers) => {
  const value = headers.get(ENCRYPTION);
  if (value === undefined) return;
  throw new OssError('EncryptionHeaderNotApplicable', {
    details: { ArgumentName: ENCRYPTION, ArgumentValue: utf8Text(value) },
  });
};

function stepOf(property: string, field: Field): Step | undefined {
  switch (field.kind) {
    case 'header': {
      const name = field.name.toLowerCase();
      return (input, headers) => {
        const text = headers.get(name);
        if (text !== undefined) readText(input, property, field, text);
        else if (field.required) throw refusal(field.missing, field, undefined);
      };
    }
    case 'query':
      return (input, _headers, query) => {
        for (const [name, value] of query) {
          if (name === field.name) {
            readText(input, property, field, value ?? '');
            return;
          }
        }
        if (field.required) throw refusal(field.missing, field, undefined);
      };
    case 'headerMap':
      return (input, headers) => readHeaderMap(input, property, field, headers);
    case 'payload':
    case 'xml':
      return undefined;
  }
}

function readText(
  input: Record<string, unknown>,
  property: string,
  field: HeaderField | QueryField,
  text: string,
): void {
  if (field.notImplemented) {
    if (field.kind === 'header') {
      throw new OssError('HeaderNotImplemented', { details: { Header: field.name } });
    }
    throw new OssError('ParameterNotImplemented', { details: { Parameter: field.name } });
  }
  if (text === '') {
    if (field.empty !== undefined) throw refusal(field.empty, field, text);
    // An empty header says nothing; an empty query value is a value (`prefix=`).
    if (field.kind === 'header' && !field.required) return;
  }
  try {
    input[property] = field.codec.decode(text);
  } catch (error) {
    if (error instanceof BadValue) throw refusal(error.kind ?? field.invalid, field, text, error);
    throw error;
  }
}

function readHeaderMap(
  input: Record<string, unknown>,
  property: string,
  field: HeaderMapField,
  headers: RequestHeaders,
): void {
  let found: [name: string, value: string][] | undefined;
  for (const [name, value] of headers) {
    if (name.startsWith(field.prefix) && name.length > field.prefix.length) {
      found ??= [];
      found.push([name.slice(field.prefix.length), value]);
    }
  }
  if (found === undefined) return;
  // Not by assignment: `__proto__` is a name that a client can send.
  const entries = Object.fromEntries(found);
  field.check?.(entries);
  input[property] = entries;
}

function refusal(
  kind: HeaderField['invalid'],
  field: HeaderField | QueryField,
  value: string | undefined,
  fault?: BadValue,
): OssError {
  return new OssError(kind, {
    ...(fault === undefined || fault.message === '' ? {} : { message: fault.message }),
    details: {
      ArgumentName: field.name,
      ...(value === undefined
        ? {}
        : { ArgumentValue: field.kind === 'header' ? utf8Text(value) : value }),
    },
  });
}

/** The field of an operation's input that its body is, by property; undefined where it takes none. */
export function bodyField(operation: Operation): { property: string; field: Field } | undefined {
  for (const [property, field] of Object.entries(operation.input)) {
    if (field.kind === 'payload' || field.kind === 'xml') return { property, field };
  }
  return undefined;
}

/** Reads an XML body of the described shape; `MalformedXML` for anything else. */
export function decodeXmlBody(field: Field, document: string): unknown {
  if (field.kind !== 'xml') throw new TypeError('the field is not an XML body');
  try {
    return readXml(field.shape, document);
  } catch (error) {
    if (error instanceof XmlSyntaxError) {
      throw new OssError('MalformedXml', { details: { Reason: error.message }, cause: error });
    }
    throw error;
  }
}
