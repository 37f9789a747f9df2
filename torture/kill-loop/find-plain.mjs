import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

const PIECE = 4 * 1024 * 1024;

/**
 * The files of a directory in which bytes stand, whatever they are and however deep; every byte of them
 * is looked at.
 * @param {string} directory
 * @param {Buffer} needle
 * @returns {string[]}
 */
export function filesWith(directory, needle) {
  const overlap = needle.length - 1;
  const piece = Buffer.alloc(overlap + PIECE);
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const file = openSync(path, 'r');
      try {
        for (let kept = 0; ; ) {
          const read = readSync(file, piece, kept, PIECE, null);
          if (read === 0) return false;
          const filled = kept + read;
          if (piece.subarray(0, filled).includes(needle)) return true;
          kept = Math.min(overlap, filled);
          piece.copy(piece, 0, filled - kept, filled);
        }
      } finally {
        closeSync(file);
      }
    });
}
