import { expect, it } from 'vitest';
import { combinedMetrics, countsOf } from './combined-metrics.js';
import { Metrics } from './metrics.js';

function measured(requests: number, milliseconds: number): Metrics {
  const metrics = new Metrics({ ofProcess: true });
  for (let at = 0; at < requests; at++) {
    metrics.requestBegan();
    metrics.requestFinished({ operation: 'GetObject', status: 200, code: '', milliseconds });
  }
  metrics.requestBegan();
  metrics.observeGauge('openoss_transfer_buffer_bytes', 'Bytes.', () => requests * 10);
  return metrics;
}

it('sums counts, histograms and gauges, and takes of event loop delays the longest', async () => {
  const samples = await Promise.all(
    [measured(3, 1), measured(4, 3000)].map((one) => one.samples()),
  );
  const lag = 'nodejs_eventloop_lag_p99_seconds';
  for (const [at, ofOne] of samples.entries()) {
    for (const { name, values } of ofOne) {
      if (name === lag) for (const one of values) one.value = [0.5, 0.25][at] ?? 0;
      if (name === 'process_start_time_seconds') for (const one of values) one.value = 100 - at;
    }
  }
  // As they arrive from another process.
  const text = await combinedMetrics(JSON.parse(JSON.stringify(samples))).metrics();
  expect(text).toContain('openoss_requests_total{operation="GetObject",status="200",code=""} 7\n');
  expect(text).toContain('openoss_requests_in_flight 2\n');
  expect(text).toContain('openoss_transfer_buffer_bytes 70\n');
  expect(text).toMatch(
    /openoss_request_duration_seconds_bucket\{le="0.001",operation="GetObject"\} 3\n/,
  );
  expect(text).toMatch(/openoss_request_duration_seconds_count\{operation="GetObject"\} 7\n/);
  expect(text).toContain(`${lag} 0.5\n`);
  expect(text).toContain('process_start_time_seconds 99\n');
  // Each name is told once, with its type.
  const types = text.match(/^# TYPE \S+/gm) ?? [];
  expect(new Set(types).size).toBe(types.length);
});

it('keeps of a process that is no more what it counted, not what it was', async () => {
  const kept = countsOf(await measured(2, 1).samples());
  const text = await combinedMetrics([kept]).metrics();
  expect(text).toContain('openoss_requests_total{operation="GetObject",status="200",code=""} 2\n');
  expect(text).not.toContain('openoss_requests_in_flight');
  expect(text).not.toContain('process_resident_memory_bytes');
});
