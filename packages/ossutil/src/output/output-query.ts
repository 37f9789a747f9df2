import { UsageError } from '../errors/usage-error.js';
import { nearestNames } from '../suggest.js';
import type { DocumentValue } from './document.js';

/** Selects from a document. */
export type OutputQuery = (value: DocumentValue) => DocumentValue;

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The functions that a compiled expression calls, wherever they stand in it. */
function* calledFunctions(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  const type = 'type' in node ? node.type : undefined;
  // What is in a literal is data.
  if (type === 'Literal') return;
  if (type === 'Function' && 'name' in node && typeof node.name === 'string') yield node.name;
  for (const child of Object.values(node)) yield* calledFunctions(child);
}

/**
 * Reads the expression of `--output-query` (JMESPath). Do it before anything is sent: a typing
 * mistake should not cost a request.
 *
 * @throws UsageError when it is no JMESPath, or calls a function that there is not; so does the query,
 * when a function is given what it does not take
 */
export async function compileOutputQuery(expression: string): Promise<OutputQuery> {
  const { compile, getRegisteredFunctions, TreeInterpreter } = await import(
    '@jmespath-community/jmespath'
  );
  const failure = (error: unknown) =>
    new UsageError(`--output-query ${JSON.stringify(expression)}: ${reason(error)}`);
  try {
    const compiled = compile(expression);
    const known = getRegisteredFunctions();
    for (const name of calledFunctions(compiled)) {
      if (known.includes(name)) continue;
      const [nearest] = nearestNames(
        name,
        known.map((candidate) => ({ name: candidate })),
        1,
      );
      const suggestion = nearest === undefined ? '' : `; did you mean ${nearest}()?`;
      throw new Error(`there is no function ${name}()${suggestion}`);
    }
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
