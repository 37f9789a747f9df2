import type { Recipe } from './recipes.mjs';
import type { RequestStyle } from './request-head.mjs';

export interface LoadPlan {
  readonly host: string;
  readonly port: number;
  readonly style: RequestStyle;
  readonly recipe: Recipe;
  readonly requests: number;
  readonly repeat: boolean;
  readonly connections: number;
  readonly statuses: readonly number[];
  readonly answerBytes?: number;
  readonly pauseMilliseconds?: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly p50: number;
  readonly p99: number;
  readonly mean: number;
  readonly max: number;
  readonly busy: number;
  readonly failures: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly exhausted: boolean;
}

export class LoadRun {
  constructor(plan: LoadPlan);
  run(seconds: number): Promise<LoadResult>;
  stop(): void;
}
