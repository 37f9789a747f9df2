import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { UsageError } from '../command-line.js';

/**
 * The document that a flag gives: JSON itself, `-` for standard input, or the name of a file. `others` says what
 * else the flag takes.
 */
export async function readDocument(
  flag: string,
  given: string,
  input: Readable,
  others?: string,
): Promise<string> {
  if (given.trimStart().startsWith('{')) return given;
  if (given === '-') return text(input);
  try {
    return await readFile(given, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new UsageError(
      isMissing
        ? `${flag}: there is no file ${given}; JSON itself begins with {, - is standard input${others === undefined ? '' : `, ${others}`}`
        : `${flag}: ${error instanceof Error ? error.message : error}`,
    );
  }
}
