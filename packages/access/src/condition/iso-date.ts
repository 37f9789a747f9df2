// Without a zone a time would depend on where the server stands.
const ISO_8601 =
  /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * The milliseconds since 1970 of a date or a time with its zone in ISO 8601: `2026-11-26`,
 * `2026-11-26T15:00:00Z`, `2026-11-26T15:00:00.5+08:00`. A date is its first moment in UTC. Undefined if it
 * is none, or one that no calendar has.
 */
export function parseIsoDate(text: string): number | undefined {
  if (!ISO_8601.test(text)) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) return undefined;
  const day = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  // Some days that do not exist are read as days of the next month.
  return new Date(day).toISOString().startsWith(text.slice(0, 10)) ? time : undefined;
}
