import { createReadStream } from 'node:fs';
import type { RequestBody } from '@openoss/client';
import {
  type EncodedInput,
  encodeInput,
  type Field,
  type Operation,
  WireText,
} from '@openoss/protocol';
import type { ParsedArguments } from '../arguments/parsed-arguments.js';
import { contentTypeOfKey } from '../content-type/content-type.js';
import { UsageError } from '../errors/usage-error.js';
import type { ProgramEdge } from '../program/program-edge.js';
import { bodySource } from '../values/body-source.js';
import { structuredBody } from '../values/structured-body.js';
import { readStructuredText } from '../values/structured-value.js';
import { type OperationFlag, operationFlags, targetFlags } from './operation-flags.js';

/** The prefix that the name of a user metadata header has, and that `--metadata` may have too. */
const METADATA_PREFIX = /^x-oss-meta-/i;

/**
 * Turns what the command line says into the operation's request. Values go as they were written: the
 * service judges them. Nothing of a body has been read.
 *
 * @throws UsageError for metadata without `=`, and for a structured option that is neither XML nor JSON
 * @throws ClientError for a file that cannot be read or is too large
 */
export async function operationInput(
  operation: Operation,
  parsed: ParsedArguments,
  edge: ProgramEdge,
): Promise<EncodedInput> {
  const { bucket, key } = operationTarget(operation, parsed);
  const input: Record<string, unknown> = { bucket, key };
  for (const option of operationFlags(operation)) {
    const value = await optionValue(option, parsed, edge);
    if (value !== undefined) input[option.property] = value;
  }
  // As the SDKs have it: the type is guessed from the key, not from the file, and only for uploads.
  const uploads = Object.values(operation.input).some(({ kind }) => kind === 'payload');
  if (uploads && key !== undefined && 'contentType' in operation.input) {
    input.contentType ??= new WireText(await contentTypeOfKey(key));
  }
  return encodeInput(operation, input);
}

/** The bucket and key that the command line names, as far as the operation has them. */
export function operationTarget(
  operation: Operation,
  parsed: ParsedArguments,
): { readonly bucket: string | undefined; readonly key: string | undefined } {
  const named = new Set(targetFlags(operation).map(({ name }) => name));
  return {
    bucket: named.has('bucket') ? parsed.string('bucket') : undefined,
    key: named.has('key') ? parsed.string('key') : undefined,
  };
}

async function optionValue(
  { field, flag }: OperationFlag,
  parsed: ParsedArguments,
  edge: ProgramEdge,
): Promise<unknown> {
  const { name } = flag;
  // An upload without a body is an upload of nothing.
  if (field.kind === 'payload') return requestBody(parsed.string(name), name, edge);
  if (!parsed.isSet(name)) return undefined;
  if (field.kind === 'headerMap') return metadata(parsed.strings(name), name);
  if (field.kind === 'xml') {
    const text = await readStructuredText(parsed.string(name) ?? '', name, edge, edge.stdin);
    return new WireText(structuredBody(text, field.shape.root, name));
  }
  switch (flag.type) {
    case 'bool':
      return new WireText(String(parsed.boolean(name)));
    case 'int':
      return new WireText(String(parsed.integer(name)));
    default:
      return new WireText(wireText(field, parsed.string(name) ?? ''));
  }
}

/**
 * A value as the wire has it: as it was written, but for what is beyond ASCII in the header of tags,
 * which takes URL-encoded UTF-8 only. Whoever encoded the tags has nothing of that kind in them.
 */
function wireText(field: Field, text: string): string {
  if (field.kind !== 'header' || field.name !== 'x-oss-tagging') return text;
  return text.replace(/[^\p{ASCII}]+/gu, encodeURIComponent);
}

function metadata(pairs: readonly string[], flag: string): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals).replace(METADATA_PREFIX, '');
    if (equals === -1 || name === '') {
      throw new UsageError(`--${flag}: ${JSON.stringify(pair)} is not of the form name=value`);
    }
    // Header names have no case: the last of those that differ in nothing else wins, as of any flag.
    for (const given of Object.keys(entries)) {
      if (given.toLowerCase() === name.toLowerCase()) delete entries[given];
    }
    entries[name] = pair.slice(equals + 1);
  }
  return entries;
}

async function requestBody(
  text: string | undefined,
  flag: string,
  edge: ProgramEdge,
): Promise<RequestBody> {
  const source = await bodySource(text, flag, edge);
  switch (source.kind) {
    case 'literal':
      return source.bytes;
    case 'file':
      return { file: source.path };
    case 'pipe':
      return createReadStream(source.path);
    case 'stdin':
      return edge.stdin.open(`--${flag}`);
  }
}
