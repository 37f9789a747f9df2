import type { BenchRequest } from './request-head.mjs';

export interface PutObjects {
  readonly kind: 'put-objects';
  readonly bucket: string;
  readonly prefix: string;
  readonly first: number;
  readonly distinct: number;
  readonly bodyBytes: number;
}

export interface GetObjects {
  readonly kind: 'get-objects';
  readonly bucket: string;
  readonly prefix: string;
  readonly distinct: number;
}

export interface GetRanges {
  readonly kind: 'get-ranges';
  readonly bucket: string;
  readonly key: string;
  readonly rangeBytes: number;
  readonly objectBytes: number;
}

export interface ListPages {
  readonly kind: 'list-pages';
  readonly bucket: string;
  readonly prefix: string;
  readonly distinct: number;
}

export type Recipe = PutObjects | GetObjects | GetRanges | ListPages;

export const PAGE_KEYS: number;
export function numberedKey(prefix: string, number: number): string;
export function requestOf(recipe: Recipe, n: number): BenchRequest;
