import { AggregatorRegistry, type Registry } from 'prom-client';

/** What one process has counted and measured, in a form that can be sent. */
export type Samples = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/**
 * How figures of several processes become one, where prom-client would do it otherwise. Of the delays
 * of their event loops the longest counts: a request waits for the process that has it.
 */
const COMBINED: ReadonlyMap<string, Samples[number]['aggregator']> = new Map([
  ['process_start_time_seconds', 'min'],
  ['process_max_fds', 'min'],
  ['nodejs_eventloop_lag_seconds', 'max'],
  ['nodejs_eventloop_lag_stddev_seconds', 'max'],
  ['nodejs_eventloop_lag_p50_seconds', 'max'],
  ['nodejs_eventloop_lag_p90_seconds', 'max'],
  ['nodejs_eventloop_lag_p99_seconds', 'max'],
]);

/** The figures of several processes as those of one; sums, unless something else makes sense. */
export function combinedMetrics(samples: readonly Samples[]): Registry {
  return AggregatorRegistry.aggregate(
    samples.map((ofOne) =>
      ofOne.map((metric) => ({
        ...metric,
        aggregator: COMBINED.get(metric.name) ?? metric.aggregator,
      })),
    ),
  );
}

/** What must never go down when the process that counted it is no more. */
export function countsOf(samples: Samples): Samples {
  return samples.filter(({ type }) => COUNTS.has(String(type)));
}

const COUNTS: ReadonlySet<string> = new Set(['counter', 'histogram']);
