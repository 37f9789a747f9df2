import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.js';

/** Whether the service is ready to serve, and if not, why. */
export type Readiness = () =>
  | { readonly ready: true; readonly notice?: string | undefined }
  | { readonly ready: false; readonly reason: string };

/** Answers everything that is asked of one path, whatever the method. */
export type AdminRoute = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * What operators and their tools ask, on an address of its own: `/health/live` (the process runs),
 * `/health/ready` (it can serve), `/metrics` (Prometheus), and further
 * routes by their paths.
 */
export class AdminListener {
  readonly #server: Server;

  constructor(
    metrics: Metrics,
    readiness: Readiness,
    routes: ReadonlyMap<string, AdminRoute> = new Map(),
  ) {
    this.#server = createServer((request, response) => {
      const path = request.url?.split('?', 1)[0];
      const route = routes.get(path ?? '');
      if (route !== undefined) {
        route(request, response);
        return;
      }
      const answer = (status: number, type: string, body: string) => {
        response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' });
        response.end(request.method === 'HEAD' ? undefined : body);
      };
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('Allow', 'GET, HEAD');
        answer(405, 'text/plain', 'only GET and HEAD\n');
        return;
      }
      switch (path) {
        case '/health/live':
          answer(200, 'text/plain', 'live\n');
          return;
        case '/health/ready': {
          const state = readiness();
          if (state.ready)
            answer(
              200,
              'text/plain',
              `ready\n${state.notice === undefined ? '' : `${state.notice}\n`}`,
            );
          else answer(503, 'text/plain', `not ready: ${state.reason}\n`);
          return;
        }
        case '/metrics':
          metrics.text().then(
            (text) => answer(200, metrics.contentType, text),
            (error: unknown) => answer(500, 'text/plain', `${String(error)}\n`),
          );
          return;
        default:
          answer(404, 'text/plain', 'try /health/live, /health/ready or /metrics\n');
      }
    });
  }

  /** Begins to listen; resolves with the address, or rejects with the system's error. */
  listen(host: string, port: number): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /** Stops at once: nothing here takes long. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}
