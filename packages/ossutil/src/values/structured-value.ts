import type { PathContext } from '../configuration/configuration-path.js';
import { UsageError } from '../errors/usage-error.js';
import type { InputPort } from '../program/program-edge.js';
import { fileFailure } from './file-failure.js';
import { optionValue } from './option-value.js';

/** The text of a structured option and the language it is written in. */
export type StructuredText =
  | { readonly language: 'xml'; readonly text: string }
  | { readonly language: 'json'; readonly text: string };

/**
 * Tells JSON from XML by the first character that is not blank: `{` and `[` begin JSON, `<` begins
 * XML. (ossutil 2 takes both and does not document how it tells them apart.)
 *
 * @param flag the option, for messages
 * @throws UsageError when it is neither
 */
export function structuredText(content: string, flag: string): StructuredText {
  const text = content.replace(/^\ufeff/, '').trim();
  if (text.startsWith('<')) return { language: 'xml', text };
  if (text.startsWith('{') || text.startsWith('[')) return { language: 'json', text };
  if (text === '') throw new UsageError(`--${flag} is empty; it takes XML or JSON`);
  const start = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  throw new UsageError(
    `--${flag} takes XML or JSON, and this is neither: ${JSON.stringify(start)}`,
    {
      advice: `the content of a file is given as --${flag} file://PATH`,
    },
  );
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
}

/**
 * The text of a structured option (`--tagging` of put-object-tagging, `--delete`, …), which may stand
 * on the command line, in a file (`file://PATH`) or on standard input (`-`).
 *
 * @throws UsageError when it is neither XML nor JSON, or standard input is taken already
 * @throws ClientError when the file cannot be read
 */
export async function readStructuredText(
  text: string,
  flag: string,
  context: PathContext,
  stdin: InputPort,
): Promise<StructuredText> {
  const value = optionValue(text, flag, context);
  switch (value.from) {
    case 'literal':
      return structuredText(value.text, flag);
    case 'stdin':
      return structuredText(await readAll(stdin.open(`--${flag}`)), flag);
    case 'file': {
      const { readFile } = await import('node:fs/promises');
      const content = await readFile(value.path, 'utf8').catch((error: unknown) => {
        throw fileFailure(flag, value.path, error);
      });
      return structuredText(content, flag);
    }
  }
}
