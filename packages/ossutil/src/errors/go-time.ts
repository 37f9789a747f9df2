const two = (value: number): string => String(value).padStart(2, '0');

/**
 * A time of day in UTC as Go prints a `time.Time`: `2026-05-08 06:25:08 +0000 UTC`.
 *
 * Without a time (the answer had no readable `Date`) it is Go's zero time, as the Go SDK prints it.
 */
export function goTime(date: Date | undefined): string {
  if (date === undefined || Number.isNaN(date.getTime())) return '0001-01-01 00:00:00 +0000 UTC';
  const day = `${String(date.getUTCFullYear()).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${day} ${time} +0000 UTC`;
}
