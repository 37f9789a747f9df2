import type { QueryParameter } from '../../wire/request-target.js';
import { escapeQueryComponent } from '../percent-encoding.js';
import { isSubResource } from '../v1/sub-resource.js';

/** The query parameter that holds the signature, and so cannot be signed itself. */
export const SIGNATURE_PARAMETER = 'x-oss-signature';

/**
 * How parameters without a value are written.
 *
 * `name` is how OSS documents it and the Go and Python SDKs sign it. `ali-oss` signs `name=` where an
 * ordinary parameter was given an empty string, and `name` for sub-resources, yet sends `name=` for
 * both; so a verifier cannot tell from the URL, and tries `name=` for ordinary parameters and, last,
 * for all.
 */
export type EmptyValueForm = 'name' | 'nameAndEqualsUnlessSubResource' | 'nameAndEquals';

/** The forms a verifier accepts, likeliest first. */
export const EMPTY_VALUE_FORMS: readonly EmptyValueForm[] = [
  'name',
  'nameAndEqualsUnlessSubResource',
  'nameAndEquals',
];

/**
 * The canonical query of V4: names and values percent-encoded, sorted by encoded name (then value),
 * without the signature itself.
 */
export function canonicalQuery(
  query: readonly QueryParameter[],
  emptyValues: EmptyValueForm = 'name',
): string {
  if (query.length === 0) return '';
  const parameters: [name: string, text: string][] = [];
  for (const [name, value] of query) {
    if (name === SIGNATURE_PARAMETER) continue;
    const escaped = escapeQueryComponent(name);
    if (value !== null && value !== '') {
      parameters.push([escaped, `${escaped}=${escapeQueryComponent(value)}`]);
    } else {
      const bare =
        emptyValues === 'name' || (emptyValues !== 'nameAndEquals' && isSubResource(name));
      parameters.push([escaped, bare ? escaped : `${escaped}=`]);
    }
  }
  parameters.sort(([oneName, one], [otherName, other]) =>
    oneName === otherName ? (one < other ? -1 : 1) : oneName < otherName ? -1 : 1,
  );
  let text = '';
  for (const [, parameter] of parameters) text += text === '' ? parameter : `&${parameter}`;
  return text;
}
