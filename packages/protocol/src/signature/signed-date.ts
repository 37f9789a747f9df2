const WEEKDAY = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), /;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Milliseconds since the epoch as `Wed, 28 Dec 2022 10:27:41 GMT` (RFC 9110 IMF-fixdate). */
export function formatHttpDate(time: number): string {
  return new Date(time).toUTCString();
}

/** The time that an IMF-fixdate names, in milliseconds, or undefined. The weekday is not checked against the day. */
export function parseHttpDate(text: string): number | undefined {
  if (text.length !== 29 || !WEEKDAY.test(text) || !text.endsWith(' GMT')) return undefined;
  if (text[7] !== ' ' || text[11] !== ' ' || text[16] !== ' ') return undefined;
  if (text[19] !== ':' || text[22] !== ':') return undefined;
  return utcTime(
    digits(text, 12, 16),
    MONTHS.indexOf(text.slice(8, 11)) + 1,
    digits(text, 5, 7),
    digits(text, 17, 19),
    digits(text, 20, 22),
    digits(text, 23, 25),
  );
}

/** Milliseconds since the epoch as `20231216T162057Z` (ISO 8601, basic format). */
export function formatBasicDate(time: number): string {
  const iso = new Date(time).toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

/** The time that a basic ISO 8601 date and time names, in milliseconds, or undefined. */
export function parseBasicDate(text: string): number | undefined {
  if (text.length !== 16 || text[8] !== 'T' || text[15] !== 'Z') return undefined;
  return utcTime(
    digits(text, 0, 4),
    digits(text, 4, 6),
    digits(text, 6, 8),
    digits(text, 9, 11),
    digits(text, 11, 13),
    digits(text, 13, 15),
  );
}

/** The number that decimal digits spell, or -1 where something else stands. */
function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function utcTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  // Date.UTC takes a year below 100 for 19xx, and rolls 30 February over into March.
  if (year < 1970 || month < 1 || day < 1 || day > (daysInMonth(year, month) ?? 0)) {
    return undefined;
  }
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return undefined;
  }
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function daysInMonth(year: number, month: number): number | undefined {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : DAYS[month - 1];
}
