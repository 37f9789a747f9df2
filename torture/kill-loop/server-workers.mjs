/** What servers are started with in turn, unless told: one process that does all, and several. */
const IN_TURN = [0, 3];

/**
 * The flags that say how many workers a server has in one of its lives.
 *
 * @param {number | undefined} told the same in all of them
 * @param {number} life
 * @returns {readonly string[]}
 */
export function workersOf(told, life) {
  return ['--workers', String(told ?? IN_TURN[life % IN_TURN.length])];
}
