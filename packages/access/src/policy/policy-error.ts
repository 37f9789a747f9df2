/**
 * What is wrong with a policy, as far as OSS tells refusals of bucket policies apart by their EC: too long as
 * a whole (0030-00000001), a wrong Version (…2), a value too long (…3), `**` (…7), no JSON or against the
 * grammar (both …5). What names another bucket than its own has no EC that is published.
 */
export type PolicyFault =
  | 'too-long'
  | 'value-too-long'
  | 'version'
  | 'consecutive-stars'
  | 'json'
  | 'grammar'
  | 'other-bucket';

/** The refusal of a policy: what is wrong, and where. */
export class PolicyError extends Error {
  readonly fault: PolicyFault;
  /** A sentence without the place. */
  readonly reason: string;
  /** Such as `Statement[1].Condition.IpAddress`; empty for the document itself. */
  readonly place: string;

  constructor(fault: PolicyFault, reason: string, place: string) {
    super(place === '' ? reason : `${place}: ${reason}`);
    this.name = 'PolicyError';
    this.fault = fault;
    this.reason = reason;
    this.place = place;
  }
}
