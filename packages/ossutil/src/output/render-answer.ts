import type { OutputFormat } from '../configuration/settings.js';
import { ClientError } from '../errors/client-error.js';
import { type DocumentValue, sortKeys } from './document.js';
import type { OutputQuery } from './output-query.js';

/** What the service answered with success. */
export interface Answer {
  /** The body as it came; empty when there was none. */
  readonly body: Uint8Array;
  /** Every header line, in its order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** How an answer is to be shown. */
export interface Rendering {
  readonly format: OutputFormat;
  readonly query?: OutputQuery | undefined;
}

/** The document a body holds, and whether it was XML; undefined when it is neither XML nor JSON. */
async function parseBody(
  body: Uint8Array,
): Promise<{ readonly value: DocumentValue; readonly isXml: boolean } | undefined> {
  const text = new TextDecoder().decode(body);
  try {
    if (text.trimStart().startsWith('<')) {
      const { documentFromXml } = await import('./xml-to-document.js');
      return { value: documentFromXml(text), isXml: true };
    }
    return { value: JSON.parse(text), isXml: false };
  } catch {
    return undefined;
  }
}

async function renderDocument(value: DocumentValue, format: OutputFormat): Promise<string> {
  const sorted = sortKeys(value);
  if (format === 'yaml') {
    const { stringify } = await import('yaml');
    return stringify(sorted, { lineWidth: 0 });
  }
  if (format === 'xml') {
    const { xmlFromDocument } = await import('./document-to-xml.js');
    // ossutil: what is converted to XML has lost the name of its root.
    return xmlFromDocument(sorted, 'root');
  }
  return JSON.stringify(sorted, undefined, 2);
}

/**
 * What standard output shows of an answer.
 *
 * `raw` is exactly what the service sent. The other formats convert XML and JSON bodies, and an
 * answer without a body shows its headers; what is neither XML nor JSON stays as it is. A query works
 * on the converted answer, and its result is shown as JSON under `raw`. No line break is added: the
 * elapsed line begins with one.
 *
 * @throws ClientError when a query is to select from what is neither XML nor JSON
 */
export async function renderAnswer(
  answer: Answer,
  { format, query }: Rendering,
): Promise<string | Uint8Array> {
  if (format === 'raw' && query === undefined) return answer.body;
  if (answer.body.byteLength === 0) {
    const { headerDocument } = await import('./header-document.js');
    const value = headerDocument(answer.headers);
    return renderDocument(query === undefined ? value : query(value), format);
  }
  const parsed = await parseBody(answer.body);
  if (query !== undefined) {
    if (parsed === undefined) {
      throw new ClientError('--output-query: the answer is neither XML nor JSON');
    }
    return renderDocument(query(parsed.value), format);
  }
  if (parsed === undefined || (parsed.isXml && format === 'xml')) return answer.body;
  return renderDocument(parsed.value, format);
}
