export interface Summary {
  readonly count: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly deviation: number;
}

export function median(values: readonly number[]): number;
export function standardDeviation(values: readonly number[]): number;
export function summarize(values: readonly number[]): Summary;
export function pairRatios(
  numerators: ReadonlyMap<number, number>,
  denominators: ReadonlyMap<number, number>,
): number[];
