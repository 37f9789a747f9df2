/**
 * A stored value failed its checksum or does not have the form it must have: the medium lied. It is
 * never interpreted; to a client it is an InternalError.
 */
export class CorruptRecord extends Error {
  /** What was being read, such as `object record photos/cat.jpg`. */
  readonly what: string;

  constructor(what: string, reason: string) {
    super(`${what} is corrupt: ${reason}`);
    this.name = 'CorruptRecord';
    this.what = what;
  }
}

/**
 * What is wrong with something that is whole, but of a format that is not known. A newer program
 * raises the data directory's version, which refuses the whole of it; this is for one that did not.
 */
export function unknownFormat(found: number | undefined, known: number): string {
  return `unknown format ${found} (this version knows ${known})`;
}
