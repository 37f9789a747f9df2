export interface Summary {
  readonly count: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly deviation: number;
  readonly interval: Interval | undefined;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export function median(values: readonly number[]): number;
export function standardDeviation(values: readonly number[]): number;
export function medianInterval(values: readonly number[]): Interval | undefined;
export function summarize(values: readonly number[]): Summary;
export function pairRatios(
  numerators: ReadonlyMap<number, number>,
  denominators: ReadonlyMap<number, number>,
): number[];
