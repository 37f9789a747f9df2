/**
 * @import { ChildProcess } from 'node:child_process'
 */

/** @type {Set<ChildProcess>} */
const alive = new Set();

process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/**
 * Lets a process end with this one, however that ends (but by SIGKILL): a server would go on serving,
 * and what follows a damaged page for ever would never notice.
 * @template {ChildProcess} T
 * @param {T} child
 * @returns {T}
 */
export function endsWithThis(child) {
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  return child;
}
