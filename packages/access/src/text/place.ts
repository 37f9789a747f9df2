const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The place of a member or an element below another place, as JSON paths are written:
 * `Statement[1].Condition.IpAddress["acs:SourceIp"][0]`. The document itself is the empty place.
 */
export function placeIn(parent: string, step: string | number): string {
  if (typeof step === 'number') return `${parent}[${step}]`;
  if (!PLAIN_NAME.test(step)) return `${parent}[${JSON.stringify(step)}]`;
  return parent === '' ? step : `${parent}.${step}`;
}
