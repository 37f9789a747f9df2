/** A bucket's record is no longer what a worker took it for: it has to look, and decide, again. */
export class RecordChanged extends Error {
  constructor() {
    super('The record of the bucket was changed by somebody else');
    this.name = 'RecordChanged';
  }
}
