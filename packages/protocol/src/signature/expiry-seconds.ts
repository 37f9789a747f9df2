/** The last second that a JavaScript date can name; later ones mean "never expires" all the same. */
const LAST_SECOND = 8_640_000_000_000;

/** The time that decimal seconds since the epoch name, in milliseconds, or undefined. */
export function parseExpirySeconds(text: string): number | undefined {
  return /^\d+$/.test(text) ? Math.min(Number(text), LAST_SECOND) * 1000 : undefined;
}
