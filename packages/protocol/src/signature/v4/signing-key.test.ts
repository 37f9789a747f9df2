import { describe, expect, it } from 'vitest';
import { deriveSigningKey, SigningKeyCache } from './signing-key.js';

const scope = { date: '20250411', region: 'cn-hangzhou', product: 'oss' };

describe('signing keys', () => {
  it('derive as OSS documents it', () => {
    // Reckoned apart from this code, from the placeholder secret of the documentation's example.
    expect(Buffer.from(deriveSigningKey('yourAccessKeySecret', scope)).toString('hex')).toBe(
      '8a01ff4efcc65ca2cbc75375045c61ab5f3fa8b9a2d84f0add27ef16a25feb3c',
    );
  });

  it('are served by secret, day, region and product, and never for another', () => {
    const cache = new SigningKeyCache(100);
    const requests = ['secret', 'other', 'secre', ''].flatMap((secret) =>
      [
        scope,
        { ...scope, date: '20250412' },
        { ...scope, region: 'cn-beijing' },
        { ...scope, product: 'oss-cloudbox' },
        // The same letters, divided otherwise.
        { ...scope, region: 'cn-hangzhouo', product: 'ss' },
        { ...scope, product: 'ost' },
      ].map((each) => ({ secret, scope: each })),
    );
    for (let round = 0; round < 3; round++) {
      for (const request of requests) {
        expect(cache.signingKey(request.secret, request.scope)).toEqual(
          deriveSigningKey(request.secret, request.scope),
        );
      }
    }
    expect(cache.size).toBe(requests.length);
  });

  it('are kept up to the capacity, the least recently used going first', () => {
    const cache = new SigningKeyCache(2);
    const first = cache.signingKey('1', scope);
    const second = cache.signingKey('2', scope);
    expect(cache.signingKey('1', scope)).toBe(first);
    cache.signingKey('3', scope);
    expect(cache.size).toBe(2);
    expect(cache.signingKey('1', scope)).toBe(first);
    expect(cache.signingKey('2', scope)).not.toBe(second);
    expect(cache.size).toBe(2);
  });
});
