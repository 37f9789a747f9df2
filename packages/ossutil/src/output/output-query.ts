import { UsageError } from '../errors/usage-error.js';
import type { DocumentValue } from './document.js';

/** Selects from a document. */
export type OutputQuery = (value: DocumentValue) => DocumentValue;

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Reads the expression of `--output-query` (JMESPath). Do it before anything is sent: a typing
 * mistake should not cost a request.
 *
 * @throws UsageError when it is no JMESPath; so does the query, when a function is given what it does
 * not take
 */
export async function compileOutputQuery(expression: string): Promise<OutputQuery> {
  const { compile, TreeInterpreter } = await import('@jmespath-community/jmespath');
  const failure = (error: unknown) =>
    new UsageError(`--output-query ${JSON.stringify(expression)}: ${reason(error)}`);
  try {
    const compiled = compile(expression);
    return (value) => {
      try {
        return TreeInterpreter.search(compiled, value) ?? null;
      } catch (error) {
        throw failure(error);
      }
    };
  } catch (error) {
    throw failure(error);
  }
}
