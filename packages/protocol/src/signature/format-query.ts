import type { QueryParameter } from '../wire/request-target.js';
import { escapeQueryComponent } from './percent-encoding.js';

/**
 * Writes a query string, without its `?`, in the order given; the inverse of `parseQuery`. A null
 * value stands without `=`.
 */
export function formatQuery(query: readonly QueryParameter[]): string {
  return query
    .map(([name, value]) =>
      value === null
        ? escapeQueryComponent(name)
        : `${escapeQueryComponent(name)}=${escapeQueryComponent(value)}`,
    )
    .join('&');
}
