export class LatencyHistogram {
  get count(): number;
  get mean(): number;
  get max(): number;
  record(microseconds: number): void;
  percentile(share: number): number;
}
