import { describe, expect, it } from 'vitest';
import { OssError } from '../errors/oss-error.js';
import { checkClaim } from './check-claim.js';
import type { Claim } from './claim.js';

const signedAt = Date.UTC(2023, 11, 16, 16, 20, 57);
const minutes = (count: number): number => count * 60_000;
const proof = { accessKeyId: 'ak', securityToken: undefined, signature: 's' };
const scope = { date: '20231216', region: 'cn-hangzhou', product: 'oss' };

const v1Header: Claim = { version: 'v1', place: 'header', ...proof, dateLine: 'd', signedAt };
const v1Url: Claim = {
  version: 'v1',
  place: 'url',
  ...proof,
  dateLine: '1',
  expiresAt: signedAt,
};
const v2 = { version: 'v2', ...proof, dateLine: 'd', additionalHeaders: [] } as const;
const v2Header: Claim = { ...v2, place: 'header', signedAt };
const v2Url: Claim = { ...v2, place: 'url', expiresAt: signedAt };
const v4 = {
  version: 'v4',
  ...proof,
  scope,
  timestamp: '20231216T162057Z',
  signedAt,
  additionalHeaders: [],
} as const;
const v4Header: Claim = { ...v4, place: 'header' };
const v4Url: Claim = { ...v4, place: 'url', expiresAt: signedAt + 599_000 };

function check(claim: Claim, now: number, place: { region?: string; product?: string } = {}) {
  try {
    checkClaim(claim, { now, region: 'cn-hangzhou', ...place });
  } catch (error) {
    if (error instanceof OssError) return error;
    throw error;
  }
  return undefined;
}

describe('a signature in the header', () => {
  it.each([
    { title: 'version 1', claim: v1Header },
    { title: 'version 2', claim: v2Header },
    { title: 'version 4', claim: v4Header },
  ])('is good for 15 minutes either way: $title', ({ claim }) => {
    for (const offset of [-minutes(15), -1, 0, 1, minutes(15)]) {
      expect(check(claim, signedAt + offset)).toBeUndefined();
    }
    for (const offset of [-minutes(15) - 1, minutes(15) + 1, minutes(60 * 24)]) {
      expect(check(claim, signedAt + offset)?.kind).toBe('RequestTimeTooSkewed');
    }
  });

  it('that is too far off is told both times', () => {
    expect(check(v4Header, signedAt + minutes(16))).toMatchObject({
      code: 'RequestTimeTooSkewed',
      status: 403,
      details: {
        MaxAllowedSkewMilliseconds: '900000',
        RequestTime: '2023-12-16T16:20:57.000Z',
        ServerTime: '2023-12-16T16:36:57.000Z',
      },
    });
  });
});

describe('a signed URL', () => {
  it.each([
    ['1', v1Url],
    ['2', v2Url],
  ])('of version %s is good until its second of expiry, from when on does not matter', (_, url) => {
    expect(check(url, 0)).toBeUndefined();
    expect(check(url, signedAt)).toBeUndefined();
    expect(check(url, signedAt + 1)).toMatchObject({
      kind: 'UrlExpired',
      code: 'AccessDenied',
      ec: '0002-00000069',
      message: 'Request has expired.',
      details: {
        Expires: '2023-12-16T16:20:57.000Z',
        ServerTime: '2023-12-16T16:20:57.001Z',
      },
    });
  });

  it('of version 4 is good from 15 minutes before it was signed until it expires', () => {
    expect(check(v4Url, signedAt - minutes(15))).toBeUndefined();
    expect(check(v4Url, signedAt + 599_000)).toBeUndefined();
    expect(check(v4Url, signedAt - minutes(15) - 1)).toMatchObject({
      kind: 'UrlNotYetValid',
      status: 403,
      ec: '0002-00000235',
    });
    expect(check(v4Url, signedAt + 599_001)).toMatchObject({
      kind: 'UrlV4Expired',
      status: 403,
      ec: '0002-00000236',
      details: {
        Expires: '2023-12-16T16:30:56.000Z',
        ServerTime: '2023-12-16T16:30:56.001Z',
      },
    });
  });

  it('that never expires does not break the reckoning', () => {
    expect(check({ ...v1Url, expiresAt: 8.64e15 }, signedAt)).toBeUndefined();
  });
});

describe('the scope of a version 4 signature', () => {
  it('must be of the region', () => {
    expect(check(v4Header, signedAt, { region: 'cn-beijing' })).toMatchObject({
      kind: 'SigningRegionInvalid',
      status: 400,
      ec: '0002-00000226',
      message: 'Invalid signing region in Authorization header.',
      details: {
        ArgumentName: 'Credential',
        ArgumentValue: 'ak/20231216/cn-hangzhou/oss/aliyun_v4_request',
      },
    });
    expect(check(v4Url, signedAt, { region: 'oss-cn-hangzhou' })).toMatchObject({
      kind: 'UrlSigningRegionInvalid',
      ec: '0002-00000228',
      details: { ArgumentName: 'x-oss-credential' },
    });
  });

  it('must be of the product', () => {
    expect(check(v4Header, signedAt, { product: 'oss-cloudbox' })).toMatchObject({
      kind: 'SigningProductInvalid',
      ec: '0002-00000227',
    });
    expect(check(v4Url, signedAt, { product: 'oss-cloudbox' })?.kind).toBe(
      'UrlSigningProductInvalid',
    );
  });

  it('does not concern versions 1 and 2', () => {
    for (const claim of [v1Header, v1Url, v2Header, v2Url]) {
      expect(check(claim, signedAt, { region: 'other', product: 'other' })).toBeUndefined();
    }
  });
});
