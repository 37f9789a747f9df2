import { spawn } from 'node:child_process';
import { cpuSeconds, memoryOf } from './process-figures.mjs';

/**
 * How often a command is looked at: what it used in all cannot be asked after its end. Memory is the
 * kernel's own peak and only what grows after the last look is missed.
 */
const LOOK_MILLISECONDS = 4;

/**
 * @typedef {object} CommandFigures
 * @property {number} milliseconds from the start of the process to its end
 * @property {number | undefined} cpuSeconds that it used; undefined unless looked for
 * @property {number | undefined} peakBytes of resident memory; undefined unless looked for
 * @property {string} output what it printed, of a command that was let
 */

/**
 * Runs a command to its end and measures it whole, start-up included. Its output is thrown away unless
 * it is wanted.
 *
 * @param {readonly [string, ...string[]]} command
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {boolean} [options.look] for its CPU time and memory, which costs a little of the other core
 * @param {boolean} [options.output] keep what it prints, which is to be short
 * @returns {Promise<CommandFigures>}
 * @throws {Error} when it does not end with status 0
 */
export function runCommand([program, ...args], options = {}) {
  const { cwd, env, look = false, output = false } = options;
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ['ignore', output ? 'pipe' : 'ignore', 'pipe'],
    });
    const figures = /** @type {CommandFigures} */ ({
      milliseconds: 0,
      cpuSeconds: undefined,
      peakBytes: undefined,
      output: '',
    });
    const looking = look
      ? setInterval(() => {
          const pid = child.pid ?? 0;
          figures.peakBytes = memoryOf(pid)?.peak ?? figures.peakBytes;
          figures.cpuSeconds = cpuSeconds([pid]) ?? figures.cpuSeconds;
        }, LOOK_MILLISECONDS)
      : undefined;
    let complaint = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      figures.output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      complaint = (complaint + text).slice(-1000);
    });
    child.on('error', (error) => {
      clearInterval(looking);
      reject(error);
    });
    child.on('exit', () => {
      figures.milliseconds = performance.now() - startedAt;
      clearInterval(looking);
    });
    child.on('close', (status) => {
      if (status === 0) resolve(figures);
      else reject(new Error(`${program} ended with ${status}: ${complaint.trim()}`));
    });
  });
}
