/**
 * What is wrong with a policy, as far as refusals are told apart: too long as a whole, a value too long, a
 * wrong Version, `**`, no JSON, or against the grammar.
 */
export type PolicyFault =
  | 'too-long'
  | 'value-too-long'
  | 'version'
  | 'consecutive-stars'
  | 'json'
  | 'grammar';

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
