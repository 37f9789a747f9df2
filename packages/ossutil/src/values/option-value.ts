import { absolutePath, type PathContext } from '../configuration/configuration-path.js';
import { UsageError } from '../errors/usage-error.js';

/** Where the value of an option comes from. */
export type OptionValue =
  | { readonly from: 'literal'; readonly text: string }
  | { readonly from: 'file' /** Absolute. */; readonly path: string }
  | { readonly from: 'stdin' };

/**
 * Reads the three forms in which ossutil 2 takes the values of options that may be large:
 * `file://PATH` is the content of a file, `-` is standard input, anything else is the text itself.
 *
 * The path is taken as it stands (spaces and `%` included, it is no URL): relative to the working
 * directory, or to the home directory after `~/`. There is no way to write a text that begins with
 * `file://` or is `-`; put it into a file.
 *
 * @param flag the option, for messages
 * @throws UsageError when nothing follows `file://`
 */
export function optionValue(text: string, flag: string, context: PathContext): OptionValue {
  if (text === '-') return { from: 'stdin' };
  const path = /^file:\/\/(.*)$/s.exec(text)?.[1];
  if (path === undefined) return { from: 'literal', text };
  if (path === '') throw new UsageError(`--${flag}: no file is named after file://`);
  return { from: 'file', path: absolutePath(path, context) };
}
