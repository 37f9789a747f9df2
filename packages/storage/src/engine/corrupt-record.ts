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
