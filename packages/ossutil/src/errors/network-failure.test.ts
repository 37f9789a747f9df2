import { describe, expect, it } from 'vitest';
import { describeNetworkFailure, networkError } from './network-failure.js';

const failed = (code: string, message = code): Error => Object.assign(new Error(message), { code });
const url = 'https://oss.example.com:8443/bucket/key';

describe('a failed connection in words', () => {
  it('names the address that refused, also when every address of a host did', () => {
    const refused = failed('ECONNREFUSED', 'connect ECONNREFUSED ::1:8443');
    const all = new AggregateError([refused, failed('ECONNREFUSED')]);
    for (const error of [refused, all, new Error('fetch failed', { cause: refused })]) {
      expect(describeNetworkFailure(error, url).message).toBe(
        'the connection to oss.example.com:8443 was refused',
      );
    }
  });

  it('offers --skip-verify-cert for a certificate that is not trusted', () => {
    const failure = describeNetworkFailure(failed('DEPTH_ZERO_SELF_SIGNED_CERT'), url);
    expect(failure.advice).toContain('--skip-verify-cert');
  });

  it('tells a plain HTTP endpoint that was spoken to in TLS', () => {
    const failure = describeNetworkFailure(
      failed('EPROTO', 'write EPROTO: wrong version number'),
      url,
    );
    expect(failure.advice).toContain('-e http://oss.example.com:8443');
  });

  it('tells a TLS endpoint that was spoken to in plain HTTP', () => {
    const failure = describeNetworkFailure(failed('HPE_INVALID_CONSTANT'), 'http://h:443/');
    expect(failure.advice).toContain('-e https://h:443');
  });

  it.each(['ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'ECONNRESET', 'EWEIRD'])(
    'has a sentence for %s',
    (code) => {
      expect(describeNetworkFailure(failed(code), url).message).toContain('oss.example.com');
    },
  );

  it('keeps whatever else was thrown', () => {
    expect(describeNetworkFailure('odd', url).message).toBe('the request failed: odd');
  });

  it('is a client error that names the operation', () => {
    const error = networkError(failed('ECONNREFUSED'), url, 'PutObject');
    expect(error.exitCode).toBe(3);
    expect(error.message).toMatch(/^operation error PutObject: the connection to/);
  });
});
