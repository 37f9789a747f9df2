import { spawnSync } from 'node:child_process';

/**
 * What a program says of its version, or undefined where it is not installed.
 *
 * @param {string} program
 * @param {readonly string[]} args that make it print its version
 * @param {RegExp} pattern whose first group is the version
 * @returns {string | undefined}
 */
export function installedVersion(program, args, pattern) {
  const { error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) return undefined;
  return pattern.exec(`${stdout}${stderr}`)?.[1] ?? 'unknown version';
}
