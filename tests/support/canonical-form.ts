/**
 * What a signed request says, read off its bytes by nothing but the rules of the documentation: two
 * requests that say the same may have the same signature, two that do not may not.
 */

interface RawHead {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: ReadonlyMap<string, string>;
}

function headOf(raw: string): RawHead {
  const [line = '', ...fields] = (raw.split('\r\n\r\n')[0] ?? '').split('\r\n');
  const [method = '', target = ''] = line.split(' ');
  const mark = target.indexOf('?');
  const decoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
  const query = (mark === -1 ? '' : target.slice(mark + 1))
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals === -1
        ? ([decoded(pair), ''] as const)
        : ([decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1))] as const);
    });
  const headers = new Map<string, string>();
  for (const field of fields) {
    const colon = field.indexOf(':');
    const name = field.slice(0, colon).toLowerCase();
    const value = field.slice(colon + 1).replaceAll(/^[ \t]+|[ \t]+$/g, '');
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  const path = decodeURIComponent(mark === -1 ? target : target.slice(0, mark));
  return { method, path, query, headers };
}

const SIGNATURE_PARAMETERS = [
  ...['OSSAccessKeyId', 'Signature', 'x-oss-signature-version', 'x-oss-signature'],
  ...['x-oss-credential', 'x-oss-access-key-id'],
];

/** Whether a request says that it is signed, in whatever way. */
export function claimsToBeSigned(raw: string): boolean {
  const { query, headers } = headOf(raw);
  return (
    headers.has('authorization') || query.some(([name]) => SIGNATURE_PARAMETERS.includes(name))
  );
}

/** Everything that the signature of a request covers, and the signature. */
export function canonicalForm(raw: string): unknown {
  const { method, path, query, headers } = headOf(raw);
  const authorization = headers.get('authorization') ?? '';
  const parameters = new Map(query.toReversed());
  const [scheme = '', ...rest] = authorization.split(' ');
  const isV1 = authorization === '' ? !parameters.has('x-oss-signature-version') : scheme === 'OSS';
  const separator = scheme === 'OSS2' ? ':' : '=';
  const claim = isV1
    ? [authorization]
    : rest
        .join(' ')
        .split(',')
        .map((field) => field.trim())
        .sort();
  const list =
    claim.find((field) => field.startsWith(`AdditionalHeaders${separator}`))?.slice(18) ??
    parameters.get('x-oss-additional-headers') ??
    '';
  const listed = list.toLowerCase().split(';').sort();
  const dates = scheme === 'OSS2' ? ['date', 'x-oss-date'] : ['x-oss-date', 'date'];
  const date = dates.map((name) => headers.get(name)).find((value) => value !== undefined);
  // Version 4 has a time of its own in every scope; where there is x-oss-date, Date says nothing.
  const covered = [...headers]
    .filter(
      ([name]) =>
        name.startsWith('x-oss-') ||
        name === 'content-type' ||
        name === 'content-md5' ||
        (!isV1 && listed.includes(name)),
    )
    // Versions 1 and 2 have a line for these two in either case.
    .filter(([name, value]) => value !== '' || name.startsWith('x-oss-'))
    .sort();
  // Version 1 covers sub-resources alone: those that tests set, or make of what they set.
  const isSubResource = (name: string): boolean => /^(?:acl$|response-|x-oss-)/.test(name);
  const named = query
    .filter(([name]) => !isV1 || isSubResource(name))
    .filter(([name]) => name !== 'x-oss-signature')
    .map(([name, value]) => `${name}=${value}`)
    .sort();
  return {
    method,
    path,
    scheme,
    claim: claim.filter((field) => !field.startsWith('AdditionalHeaders')),
    listed,
    date: authorization === '' ? undefined : date,
    covered,
    named,
    signature: [
      parameters.get('x-oss-signature'),
      parameters.get('Signature'),
      parameters.get('Expires'),
      parameters.get('OSSAccessKeyId'),
    ],
  };
}
