/** Bytes of an object: from `start` up to but not including `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What a Range header asks of an object: some of its bytes, all of them, or what cannot be had. */
export type RangeRequest = ByteRange | 'whole' | 'unsatisfiable';

const RANGE = /^bytes=(\d*)-(\d*)$/;

/**
 * Reads a Range header against an object of `size` bytes. OSS answers the whole object where a range
 * is malformed, names several, or reaches past the end; only with `x-oss-range-behavior: standard`
 * does it follow HTTP: a range that begins within the object is cut at its end, and one that begins
 * past it cannot be satisfied
 * (https://www.alibabacloud.com/help/en/oss/developer-reference/getobject).
 */
export function readRange(
  header: string | undefined,
  size: number,
  standard: boolean,
): RangeRequest {
  if (header === undefined) return 'whole';
  const match = RANGE.exec(header.trim());
  if (match === null) return 'whole';
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return 'whole';
  if (first === '') return readSuffix(Number(last), size, standard);
  const start = Number(first);
  const end = last === '' ? size : Number(last) + 1;
  if (last !== '' && end <= start) return 'whole';
  if (start >= size) return standard ? 'unsatisfiable' : 'whole';
  if (end > size) return standard ? { start, end: size } : 'whole';
  return { start, end };
}

function readSuffix(length: number, size: number, standard: boolean): RangeRequest {
  if (length === 0 || size === 0) return standard ? 'unsatisfiable' : 'whole';
  if (length > size) return standard ? { start: 0, end: size } : 'whole';
  return { start: size - length, end: size };
}
