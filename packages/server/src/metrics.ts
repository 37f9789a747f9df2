import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { combinedMetrics, type Samples } from './combined-metrics.js';

/** One finished request, as metrics see it. */
export interface FinishedRequest {
  readonly operation: string | undefined;
  readonly status: number;
  /** The OSS error code of a refusal. */
  readonly code: string | undefined;
  readonly milliseconds: number;
}

const SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60,
];

/** One finished call of RAM, STS or KMS, as metrics see it. */
export interface FinishedRpcCall {
  /** `Ram`, `Sts` or `Kms`, and the operation, where the call names some that are served. */
  readonly product: string | undefined;
  readonly action: string | undefined;
  readonly status: number;
  readonly milliseconds: number;
}

interface Series {
  count: number;
  readonly labels: { readonly operation: string; readonly status: string; readonly code: string };
}

/**
 * What the server counts, in Prometheus' text format. Requests are counted in plain numbers and
 * handed to the registry when it is scraped: labels are hashed then, not on every request.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Map<string, Series>();
  readonly #durations: Histogram<'operation'>;
  #inFlight = 0;
  /** Connections that were one too many. */
  connectionsRefused = 0;
  /** Requests given up because their client sent, or took in, next to nothing. */
  readonly slowClients = { sending: 0, taking: 0 };
  #others: (() => Promise<readonly Samples[]>) | undefined;

  /**
   * `ofProcess` adds what Node tells of its process (memory, event loop, collections). Its observers
   * stay for as long as the process runs, so a service that nobody scrapes goes without.
   */
  constructor({ ofProcess }: { readonly ofProcess: boolean }) {
    if (ofProcess) collectDefaultMetrics({ register: this.#registry });
    const requests = this.#requests;
    new Counter({
      name: 'openoss_requests_total',
      help: 'Requests answered, by operation, HTTP status and OSS error code (empty for a success).',
      labelNames: ['operation', 'status', 'code'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const { labels, count } of requests.values()) this.inc(labels, count);
      },
    });
    this.#durations = new Histogram({
      name: 'openoss_request_duration_seconds',
      help: 'Time from the request head to the last byte of the answer handed over.',
      labelNames: ['operation'],
      buckets: SECONDS,
      registers: [this.#registry],
    });
    const inFlight = () => this.#inFlight;
    new Gauge({
      name: 'openoss_requests_in_flight',
      help: 'Requests being served now.',
      registers: [this.#registry],
      collect() {
        this.set(inFlight());
      },
    });
    this.observeCount(
      'openoss_connections_refused_total',
      'Connections that were answered with 503 or closed because there were too many.',
      () => this.connectionsRefused,
    );
    const slow = this.slowClients;
    new Counter({
      name: 'openoss_slow_clients_total',
      help: 'Requests given up because their client sent or took in next to nothing.',
      labelNames: ['side'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [side, count] of Object.entries(slow)) this.inc({ side }, count);
      },
    });
  }

  /** Begins to count calls of RAM, STS and KMS; what is returned is to be told of each. */
  countCalls(): (call: FinishedRpcCall) => void {
    const requests = new Counter({
      name: 'openoss_rpc_requests_total',
      help: 'Calls of RAM, STS and KMS answered, by product, action and HTTP status.',
      labelNames: ['product', 'action', 'status'],
      registers: [this.#registry],
    });
    const durations = new Histogram({
      name: 'openoss_rpc_request_duration_seconds',
      help: 'Time from the head of a call of RAM, STS or KMS to the last byte of its answer handed over.',
      labelNames: ['product', 'action'],
      buckets: SECONDS,
      registers: [this.#registry],
    });
    return ({ product = 'none', action = 'none', status, milliseconds }) => {
      requests.inc({ product, action, status: String(status) });
      durations.observe({ product, action }, milliseconds / 1000);
    };
  }

  /** Adds a gauge whose value is read when it is scraped. */
  observeGauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** Adds a counter whose value is read when it is scraped. */
  observeCount(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  requestBegan(): void {
    this.#inFlight += 1;
  }

  requestFinished({ operation = 'none', status, code = '', milliseconds }: FinishedRequest): void {
    this.#inFlight -= 1;
    const name = `${operation} ${status} ${code}`;
    const series = this.#requests.get(name);
    if (series === undefined)
      this.#requests.set(name, { count: 1, labels: { operation, status: String(status), code } });
    else series.count += 1;
    this.#durations.observe({ operation }, milliseconds / 1000);
  }

  /** Has the figures of other processes of the service told together with those of this one. */
  addProcesses(samples: () => Promise<readonly Samples[]>): void {
    this.#others = samples;
  }

  /** What this process has counted and measured, to be sent to the one that is asked for it. */
  samples(): Promise<Samples> {
    return this.#registry.getMetricsAsJSON();
  }

  /** The metrics in Prometheus' text format. */
  async text(): Promise<string> {
    if (this.#others === undefined) return this.#registry.metrics();
    const [own, others] = await Promise.all([this.samples(), this.#others()]);
    return combinedMetrics([own, ...others]).metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
