import type { PathContext } from '../configuration/configuration-path.js';
import { ClientError } from '../errors/client-error.js';
import { fileFailure } from './file-failure.js';
import { type FileProbe, fileSystemProbe } from './file-probe.js';
import { optionValue } from './option-value.js';

/** Where the body of a request comes from. Nothing of it has been read. */
export type BodySource =
  | { readonly kind: 'literal'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'file';
      /** Absolute. */
      readonly path: string;
      /** Bytes, when it was looked at. */
      readonly size: number;
    }
  /** A named pipe or device (`file:///dev/fd/63` of a shell's `<(…)`): read once, size unknown. */
  | { readonly kind: 'pipe'; readonly path: string }
  | { readonly kind: 'stdin' };

/** PutObject takes at most 5 GB, which the service counts as 5 GiB. */
export const largestBody = 5 * 1024 ** 3;

const tooLarge = (what: string): ClientError =>
  new ClientError(`${what} is larger than 5 GB, the most that one request may upload`, {
    advice: 'larger objects are uploaded in parts (multipart upload)',
  });

/**
 * Finds the body that an option names, without reading it. An option that was not given is an empty
 * body.
 *
 * @param text the option's value: literal text, `file://PATH`, or `-`
 * @param flag the option, for messages: `body`
 * @throws ClientError when the file is missing, a directory, not readable, or over 5 GB
 * @throws UsageError when nothing follows `file://`
 */
export async function bodySource(
  text: string | undefined,
  flag: string,
  context: PathContext,
  files: FileProbe = fileSystemProbe,
): Promise<BodySource> {
  const value = optionValue(text ?? '', flag, context);
  if (value.from === 'stdin') return { kind: 'stdin' };
  if (value.from === 'literal') {
    return { kind: 'literal', bytes: new TextEncoder().encode(value.text) };
  }
  const { path } = value;
  const found = await files.look(path).catch((error: unknown) => {
    throw fileFailure(flag, path, error);
  });
  if (found.kind === 'directory') {
    throw new ClientError(`--${flag}: "${path}" is a directory; one request uploads one file`);
  }
  await files.checkReadable(path).catch((error: unknown) => {
    throw fileFailure(flag, path, error);
  });
  if (found.kind === 'other') return { kind: 'pipe', path };
  if (found.size > largestBody) throw tooLarge(`--${flag}: the file "${path}"`);
  return { kind: 'file', path, size: found.size };
}

/** Longer texts are no file names. */
const longestPath = 4096;

/**
 * A hint for the usual slip, `--body photo.jpg` for `--body file://photo.jpg`: the text is uploaded
 * as it stands, but a file of that name exists. Undefined where there is nothing to say.
 */
export async function literalBodyHint(
  text: string | undefined,
  flag: string,
  context: PathContext,
  files: FileProbe = fileSystemProbe,
): Promise<string | undefined> {
  if (text === undefined || text === '' || text.length > longestPath) return undefined;
  if (/[\0\n\r]/.test(text) || optionValue(text, flag, context).from !== 'literal') {
    return undefined;
  }
  const value = optionValue(`file://${text}`, flag, context);
  const found =
    value.from === 'file' ? await files.look(value.path).catch(() => undefined) : undefined;
  if (found?.kind !== 'file') return undefined;
  return `the body is the text "${text}" itself; to upload the file of that name, write --${flag} "file://${text}"`;
}
