import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..', '..');

/**
 * A command as the report shows it: what belongs to this machine alone (where Node, the project and
 * the data are) is left out.
 *
 * @param {readonly string[]} command
 * @param {string} directory where the data is, shown as `$DIR`
 * @returns {string}
 */
export function shownCommand(command, directory) {
  return command
    .map((word) =>
      word
        .replaceAll(process.execPath, 'node')
        .replaceAll(directory, '$DIR')
        .replaceAll(`${ROOT}${path.sep}`, ''),
    )
    .map((word) => (/^[\w./:=,$%@+-]+$/.test(word) ? word : `'${word}'`))
    .join(' ');
}
