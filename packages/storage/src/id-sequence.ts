import { randomBytes } from 'node:crypto';

const TIME_DIGITS = 10;
const RANDOM_DIGITS = 6;
const COUNT_DIGITS = 8;

/** Characters of a session id: 50 bits of milliseconds and 30 random bits in base 32. */
export const SESSION_LENGTH = TIME_DIGITS + RANDOM_DIGITS;

/** Characters of an id of a sequence: its session's id and 40 bits of count in base 32. */
export const ID_LENGTH = SESSION_LENGTH + COUNT_DIGITS;

/**
 * An id for one run of a writer. Later runs have greater ids while the clock goes forward; they are
 * unique even when it does not.
 */
export function newSessionId(now: number): string {
  const random = randomBytes(4).readUInt32BE() & 0x3fffffff;
  return digits(now, TIME_DIGITS) + digits(random, RANDOM_DIGITS);
}

/** Whether a text has the form of a session's id. */
export function isSessionId(text: string): boolean {
  return text.length === SESSION_LENGTH && /^[0-9a-v]+$/.test(text);
}

/**
 * Unique ids that begin with a session's id and grow with each one taken, so that keys made of them
 * lie in the order of time.
 */
export class IdSequence {
  readonly #session: string;
  #count = 0;

  constructor(session: string) {
    this.#session = session;
  }

  next(): string {
    return this.#session + digits(this.#count++, COUNT_DIGITS);
  }
}

/** Base 32 with the digits 0-9a-v: byte order is the order of the numbers. */
function digits(value: number, count: number): string {
  return value.toString(32).padStart(count, '0');
}
