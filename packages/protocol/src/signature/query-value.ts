import type { QueryParameter } from '../wire/request-target.js';

/** The first value of a query parameter, '' where it stands without one; undefined if it is absent. */
export function queryValue(query: readonly QueryParameter[], name: string): string | undefined {
  for (const parameter of query) if (parameter[0] === name) return parameter[1] ?? '';
  return undefined;
}
