import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OssError } from '../errors/oss-error.js';
import { parseQuery, percentDecode, type QueryParameter } from '../wire/request-target.js';
import { utf8Bytes } from './byte-string.js';
import { formatQuery } from './format-query.js';
import { headerFields } from './header-fields.js';
import { parseClaim } from './parse-claim.js';
import { escapePath } from './percent-encoding.js';
import { presignUrl } from './presign-url.js';
import { signRequest } from './sign-request.js';
import type { SignableRequest } from './signable-request.js';
import type { SigningOptions } from './signing-options.js';
import { verifyClaim } from './verify-claim.js';

const now = Date.UTC(2023, 11, 16, 16, 20, 57);
const region = 'cn-hangzhou';

/** A request as the wire has it. */
interface Message {
  readonly method: string;
  readonly bucket: string | undefined;
  readonly path: string;
  readonly rawQuery: string;
  readonly rawHeaders: readonly string[];
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const parameterName = fc.oneof(
  name,
  fc.constantFrom('acl', 'uploads', 'prefix', 'versionId', 'x-oss-process', 'continuation-token'),
);
const parameterValue: fc.Arbitrary<string | null> = fc.option(text, { nil: null });
const query: fc.Arbitrary<QueryParameter[]> = fc.array(fc.tuple(parameterName, parameterValue), {
  maxLength: 5,
});
// What survives an HTTP parser: no control characters; white space around a value does not.
const fieldValue = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((value) => utf8Bytes(value.replaceAll(/\p{Cc}/gu, '')).replaceAll(/^ +| +$/g, ''));
const metadataName = fc
  .stringMatching(/^[A-Za-z0-9-]{1,8}$/)
  .map((suffix) => `x-oss-META-${suffix}`);
const headers = fc.array(
  fc.tuple(
    fc.oneof(metadataName, fc.constantFrom('Content-Type', 'content-md5', 'Cache-Control', 'Host')),
    fieldValue,
  ),
  { maxLength: 6 },
);
const credentials = fc.record({
  accessKeyId: fc.stringMatching(/^[A-Za-z0-9]{1,24}$/),
  accessKeySecret: text,
  securityToken: fc.option(fc.string({ minLength: 1, unit: 'grapheme-ascii' }), { nil: undefined }),
});
const signable = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'HEAD', 'DELETE'),
  bucket: fc.option(fc.stringMatching(/^[a-z0-9-]{3,12}$/), { nil: undefined }),
  key: fc.option(fc.string({ unit: 'grapheme', minLength: 1 }), { nil: undefined }),
  query,
  headers,
});
const place = fc.constantFrom('header' as const, 'url' as const);
const version = fc.constantFrom('v1' as const, 'v2' as const, 'v4' as const);
/** Those that sign the whole query, and the headers that they list. */
const laterVersion = fc.constantFrom('v2' as const, 'v4' as const);

/** Signs as a client does and writes the request out as it goes over the wire. */
function send(
  parts: {
    method: string;
    bucket: string | undefined;
    key: string | undefined;
    query: QueryParameter[];
    headers: [string, string][];
  },
  options: SigningOptions,
  where: 'header' | 'url',
): Message {
  const rawHeaders = parts.headers.flat();
  const key = parts.bucket === undefined ? undefined : parts.key;
  const request: SignableRequest = {
    method: parts.method,
    bucket: parts.bucket,
    key,
    query: parts.query,
    headers: headerFields(rawHeaders),
  };
  const wire = { method: parts.method, bucket: parts.bucket, path: escapePath(`/${key ?? ''}`) };
  if (where === 'url') {
    const added = presignUrl(request, options, 599);
    return { ...wire, rawQuery: formatQuery([...parts.query, ...added]), rawHeaders };
  }
  const added = [...signRequest(request, options)].flat();
  return { ...wire, rawQuery: formatQuery(parts.query), rawHeaders: [...rawHeaders, ...added] };
}

/** Reads the wire and verifies as a server does; the refusal, or undefined. */
function receive(message: Message, secret: string, at: number = now): OssError | undefined {
  const key = percentDecode(message.path.slice(1));
  try {
    const request: SignableRequest = {
      method: message.method,
      bucket: message.bucket,
      key: key === '' ? undefined : key,
      query: parseQuery(message.rawQuery),
      headers: headerFields(message.rawHeaders),
    };
    const claim = parseClaim(request);
    if (claim === undefined) throw new Error('the request bears no claim');
    verifyClaim(claim, request, { secret, now: at, region });
  } catch (error) {
    if (error instanceof OssError) return error;
    throw error;
  }
  return undefined;
}

function optionsOf(
  signer: { accessKeyId: string; accessKeySecret: string; securityToken: string | undefined },
  of: 'v1' | 'v2' | 'v4',
): SigningOptions {
  return { version: of, credentials: signer, now, region, additionalHeaders: ['Host'] };
}

describe('what is signed', () => {
  it('verifies, whatever the key, query, headers and credentials', () => {
    fc.assert(
      fc.property(signable, credentials, version, place, (parts, signer, of, where) => {
        const message = send(parts, optionsOf(signer, of), where);
        expect(receive(message, signer.accessKeySecret)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('does not verify with another secret', () => {
    fc.assert(
      fc.property(
        signable,
        credentials,
        text,
        version,
        place,
        (parts, signer, other, of, where) => {
          fc.pre(other !== signer.accessKeySecret);
          const message = send(parts, optionsOf(signer, of), where);
          expect(receive(message, other)?.code).toBe('SignatureDoesNotMatch');
        },
      ),
    );
  });

  it('does not depend on the order of the query', () => {
    fc.assert(
      fc.property(
        signable,
        credentials,
        version,
        place,
        fc.infiniteStream(fc.nat()),
        (parts, signer, of, where, random) => {
          const message = send(parts, optionsOf(signer, of), where);
          const pairs = message.rawQuery === '' ? [] : message.rawQuery.split('&');
          const shuffled = pairs
            .map((pair): [number, string] => [Number(random.next().value), pair])
            .sort(([one], [other]) => one - other)
            .map(([, pair]) => pair);
          const reordered = { ...message, rawQuery: shuffled.join('&') };
          expect(receive(reordered, signer.accessKeySecret)).toBeUndefined();
        },
      ),
    );
  });

  it('does not depend on the case of header names', () => {
    fc.assert(
      fc.property(signable, credentials, version, place, (parts, signer, of, where) => {
        const message = send(parts, optionsOf(signer, of), where);
        const rawHeaders = message.rawHeaders.map((each, at) =>
          at % 2 === 0 ? each.toUpperCase() : each,
        );
        expect(receive({ ...message, rawHeaders }, signer.accessKeySecret)).toBeUndefined();
      }),
    );
  });

  it('does not depend on headers that are not signed', () => {
    fc.assert(
      fc.property(signable, credentials, version, place, (parts, signer, of, where) => {
        const message = send(parts, optionsOf(signer, of), where);
        const rawHeaders = [...message.rawHeaders, 'User-Agent', 'proxy', 'Via', '1.1 proxy'];
        expect(receive({ ...message, rawHeaders }, signer.accessKeySecret)).toBeUndefined();
      }),
    );
  });
});

describe('one change to what was signed', () => {
  function refuses(
    change: (message: Message, other: string) => Message,
    versions: fc.Arbitrary<'v1' | 'v2' | 'v4'> = version,
  ): void {
    fc.assert(
      fc.property(
        signable,
        credentials,
        versions,
        place,
        fc.stringMatching(/^[a-z0-9]{1,8}$/),
        (parts, signer, of, where, other) => {
          const message = send(parts, optionsOf(signer, of), where);
          const changed = change(message, other);
          fc.pre(JSON.stringify(changed) !== JSON.stringify(message));
          expect(receive(changed, signer.accessKeySecret)?.status).toBeGreaterThanOrEqual(400);
        },
      ),
    );
  }

  it('in the method is refused', () => {
    refuses((message, other) => ({ ...message, method: message.method === 'GET' ? 'PUT' : other }));
  });

  it('in the bucket is refused', () => {
    refuses((message, other) => ({ ...message, bucket: other }));
  });

  it('in the key is refused', () => {
    refuses((message, other) => ({ ...message, path: `${message.path}${other}` }));
    refuses((message, other) => ({ ...message, path: `/${other}${message.path.slice(1)}` }));
  });

  it('in a signed header is refused', () => {
    for (const header of ['x-oss-new', 'content-type', 'content-md5']) {
      refuses((message, other) => ({
        ...message,
        rawHeaders: [...message.rawHeaders, header, other],
      }));
    }
    // Taking away whichever signed header it has, or changing its value.
    const isSigned = (name: string): boolean => /^(?:x-oss-|content-(?:type|md5)$)/i.test(name);
    refuses((message) => {
      const at = message.rawHeaders.findIndex((each, index) => index % 2 === 0 && isSigned(each));
      const value = message.rawHeaders[at + 1];
      if (at === -1 || value === undefined) return message;
      // An empty content-type or content-md5 is signed by versions 1 and 2 as an absent one is.
      if (value === '' && !/^x-oss-/i.test(message.rawHeaders[at] ?? '')) return message;
      return { ...message, rawHeaders: message.rawHeaders.toSpliced(at, 2) };
    });
    refuses((message, other) => {
      const at = message.rawHeaders.findLastIndex(
        (each, index) => index % 2 === 0 && isSigned(each),
      );
      const value = message.rawHeaders[at + 1];
      if (at === -1 || value === undefined) return message;
      return { ...message, rawHeaders: message.rawHeaders.toSpliced(at + 1, 1, value + other) };
    });
  });

  it('in an additional header is refused by versions 2 and 4', () => {
    refuses((message, other) => {
      const at = message.rawHeaders.indexOf('Host');
      if (at === -1) return message;
      return { ...message, rawHeaders: message.rawHeaders.toSpliced(at + 1, 1, other) };
    }, laterVersion);
  });

  it('in the query is refused by versions 2 and 4, and by version 1 if it is a sub-resource', () => {
    const append = (raw: string, pair: string): string => (raw === '' ? pair : `${raw}&${pair}`);
    refuses(
      (message, other) => ({ ...message, rawQuery: append(message.rawQuery, `n=${other}`) }),
      laterVersion,
    );
    for (const pair of ['tagging', 'x-oss-process=a', 'response-content-type=text%2Fhtml']) {
      refuses((message) => ({ ...message, rawQuery: append(message.rawQuery, pair) }));
    }
    refuses(
      (message, other) => ({
        ...message,
        rawQuery: message.rawQuery.replace(/=[^&]*/, `=${other}`),
      }),
      laterVersion,
    );
    refuses(
      (message) => ({
        ...message,
        rawQuery: message.rawQuery.split('&').slice(1).join('&'),
      }),
      laterVersion,
    );
  });

  it('in a date or an expiry is refused', () => {
    const later: Record<string, string> = {
      'Sat, 16 Dec 2023 16:20:57 GMT': 'Sat, 16 Dec 2023 16:20:58 GMT',
      '20231216T162057Z': '20231216T162058Z',
    };
    refuses((message) => {
      const inOrder = ['x-oss-date', 'date'].map((name) => message.rawHeaders.indexOf(name));
      const at = inOrder.find((each) => each !== -1);
      if (at === undefined) return message;
      const date = later[message.rawHeaders[at + 1] ?? ''] ?? '';
      return { ...message, rawHeaders: message.rawHeaders.toSpliced(at + 1, 1, date) };
    });
    refuses((message) => ({
      ...message,
      rawQuery: message.rawQuery
        .replace('x-oss-date=20231216T162057Z', 'x-oss-date=20231216T162058Z')
        .replace('x-oss-expires=599', 'x-oss-expires=600')
        .replace('x-oss-expires=1702744256', 'x-oss-expires=1702744257')
        .replace('&Expires=1702744256', '&Expires=1702744257')
        .replace(/^Expires=1702744256/, 'Expires=1702744257'),
    }));
  });
});

describe('a signer', () => {
  const credentials = { accessKeyId: 'ak', accessKeySecret: 'sk' };
  const request: SignableRequest = {
    method: 'GET',
    bucket: 'b',
    key: 'k',
    query: [],
    headers: new Map([['x-oss-date', 'stale']]),
  };

  it('replaces what an earlier attempt signed', () => {
    const options: SigningOptions = { version: 'v4', credentials, now, region };
    const again: SignableRequest = {
      ...request,
      headers: new Map([...request.headers, ...signRequest(request, options)]),
    };
    expect(signRequest(again, options)).toEqual(signRequest(request, options));
  });

  it.each([0, -1, 1.5, 604_801, Number.NaN])(
    'signs no version 4 URL for %s seconds',
    (lifetime) => {
      const options: SigningOptions = { version: 'v4', credentials, now, region };
      expect(() => presignUrl(request, options, lifetime)).toThrow(RangeError);
    },
  );

  it.each([
    ['v1', 3],
    ['v2', 4],
  ] as const)('signs a URL with %s for longer than seven days', (of, parameters) => {
    const options: SigningOptions = { version: of, credentials, now };
    expect(presignUrl(request, options, 604_801)).toHaveLength(parameters);
    expect(() => presignUrl(request, options, 0)).toThrow(RangeError);
  });
});
