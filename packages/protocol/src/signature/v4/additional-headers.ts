import type { HeaderFields } from '../header-fields.js';

/** Whether V4 signs a header wherever it is present, without it being listed. */
export function isSignedByDefault(name: string): boolean {
  return name.startsWith('x-oss-') || name === 'content-type' || name === 'content-md5';
}

/**
 * The additional headers that a signer lists: those wanted, lower case, sorted, each once, without
 * those signed anyway and those that the request does not have.
 */
export function chooseAdditionalHeaders(
  wanted: readonly string[],
  headers: HeaderFields,
): readonly string[] {
  const names = new Set<string>();
  for (const each of wanted) {
    const name = each.toLowerCase();
    if (headers.has(name) && !isSignedByDefault(name)) names.add(name);
  }
  return [...names].sort();
}

/** What can be wrong with a list of additional headers: no list at all, an empty name, or a header not sent. */
export type AdditionalHeadersFault = 'empty' | 'emptyName' | 'missing';

/**
 * Reads a list of additional headers, `host;range`, or says what is wrong with it. Some signers list
 * names out of order and sign them in order, so they are sorted here.
 */
export function parseAdditionalHeaders(
  list: string,
  headers: HeaderFields,
): readonly string[] | AdditionalHeadersFault {
  if (list === '') return 'empty';
  const names = list.toLowerCase().split(';');
  for (const name of names) {
    if (name.trim() === '') return 'emptyName';
    // A name with an underscore counts as absent (EC 0002-00000211, 0002-00000078).
    if (name.includes('_') || !headers.has(name)) return 'missing';
  }
  return names.sort();
}
