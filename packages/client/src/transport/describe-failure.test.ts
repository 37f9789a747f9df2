import { describe, expect, it } from 'vitest';
import { BodyError } from '../errors/body-error.js';
import { NetworkError } from '../errors/network-error.js';
import { ProxyError } from '../errors/proxy-error.js';
import { describeFailure, describeProxyFailure } from './describe-failure.js';

const failed = (code: string, message = `connect ${code}`) =>
  Object.assign(new Error(message), { code });

describe('a failed connection', () => {
  it.each([
    ['ECONNREFUSED', true, 'the connection to h:1 was refused'],
    ['ECONNRESET', true, 'the connection to h:1 was broken off'],
    ['EPIPE', true, 'the connection to h:1 was broken off'],
    ['ETIMEDOUT', true, 'the connection to h:1 timed out'],
    ['EAI_AGAIN', true, 'the host of h:1 could not be looked up'],
    ['ENOTFOUND', false, 'the host of h:1 is not known'],
    ['EHOSTUNREACH', false, 'there is no route to h:1'],
    ['EPROTO', false, 'h:1 does not speak TLS'],
    ['HPE_INVALID_CONSTANT', false, 'the request to h:1 failed'],
    ['ESTRANGE', false, 'the request to h:1 failed'],
  ])('%s may pass: %s', (code, retryable, message) => {
    const cause = failed(code);
    const error = describeFailure(cause, 'h:1', undefined);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ code, retryable, cause });
    expect(error.message.startsWith(message)).toBe(true);
    expect(error.message).toContain(`connect ${code}`);
  });

  it('of a host with several addresses is that of the first', () => {
    const all = new AggregateError([failed('ECONNREFUSED'), failed('ENETUNREACH')]);
    expect(describeFailure(all, 'h:1', undefined)).toMatchObject({
      code: 'ECONNREFUSED',
      retryable: true,
      cause: all,
    });
  });

  it('of TLS has the reason of OpenSSL, without the place in its sources', () => {
    const said =
      'write EPROTO 80FC27AA:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/openssl/ssl/record/ssl3_record.c:350:\n';
    expect(describeFailure(failed('EPROTO', said), 'h:1', undefined).message).toBe(
      'h:1 does not speak TLS as it should (wrong version number)',
    );
  });

  it('stays what it is when it is described already', () => {
    const error = new BodyError('changed', 'x');
    expect(describeFailure(error, 'h:1', undefined)).toBe(error);
  });

  it('to a proxy names the proxy, and may pass as others do', () => {
    const error = describeProxyFailure(failed('ECONNREFUSED'), 'p:1');
    expect(error).toBeInstanceOf(ProxyError);
    expect(error).toMatchObject({ code: 'ECONNREFUSED', retryable: true });
    expect(error.message).toBe(
      'the connection to the proxy p:1 was refused (connect ECONNREFUSED)',
    );
    const known = new BodyError('changed', 'x');
    expect(describeProxyFailure(known, 'p:1')).toBe(known);
  });

  it('may be anything', () => {
    expect(describeFailure('odd', 'h:1', undefined).message).toBe('the request to h:1 failed: odd');
  });
});
