import { escapePath, formatQuery } from '@openoss/protocol';
import type { WireRequest } from './http.js';

/** A request without a body as it goes over the wire, on a connection that ends with its answer. */
export function rawRequest(endpoint: string, request: WireRequest): string {
  const { method = 'GET', bucket, key = '', query = [], headers = {} } = request;
  const path = bucket === undefined ? '/' : `/${bucket}/${escapePath(key)}`;
  const target = query.length === 0 ? path : `${path}?${formatQuery(query)}`;
  const lines = Object.entries({ host: new URL(endpoint).host, ...headers, connection: 'close' });
  return `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}
