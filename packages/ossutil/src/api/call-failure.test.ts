import {
  BodyError,
  CertificateError,
  CredentialsError,
  InvalidFieldError,
  NetworkError,
  ProxyError,
  type ClientError as RequestFailure,
  TimeoutError,
  TruncatedAnswerError,
} from '@openoss/client';
import { describe, expect, it } from 'vitest';
import { ClientError } from '../errors/client-error.js';
import { callFailure } from './call-failure.js';

const credentials = { mode: 'Anonymous' } as const;
const network = (code: string, message = code) =>
  new NetworkError(message, { code, retryable: true });

/** The report of a failure of PutObject at `url`. */
function reported(
  error: RequestFailure,
  url = 'http://examplebucket.oss.example.com:8080/k',
  settings: Parameters<typeof callFailure>[1] = { credentials },
) {
  error.request = {
    operation: 'PutObject',
    method: 'PUT',
    url,
    attempts: 1,
    serverDate: undefined,
  };
  const failure = callFailure(error, settings, 'examplebucket');
  if (!(failure instanceof ClientError)) throw new Error('not a ClientError');
  return failure;
}

describe('a failure on this side', () => {
  it('has the operation before it, and the exit status of its kind', () => {
    const { message, exitCode } = reported(network('ECONNRESET', 'broken'));
    expect([message, exitCode]).toEqual(['operation error PutObject: broken', 3]);
  });

  it.each([
    [network('ECONNREFUSED'), /nothing listens there; check --endpoint/],
    [network('ENOTFOUND'), /^check --endpoint/],
    [network('EAI_AGAIN'), /^check --endpoint/],
    [new TimeoutError('connect', 'h', 1000), /^check --endpoint/],
    [new TimeoutError('read-write', 'h', 1000), /--read-timeout/],
    [new CertificateError('x', { code: 'X', retryable: false }), /NODE_EXTRA_CA_CERTS.*--skip/],
    [new ProxyError('x', { code: 'ECONNREFUSED', retryable: true }), /check --proxy/],
    [new ProxyError('x', { code: undefined, retryable: false, status: 407 }), /USER:PASSWORD@/],
    [new BodyError('too-large', 'x'), /multipart/],
    [new InvalidFieldError('x', { reason: 'because' }), /^because$/],
  ])('%s is followed by the next step', (error, advice) => {
    expect(reported(error).advice).toMatch(advice);
  });

  it('to get credentials is followed by what the mode needs', () => {
    const fetched = { mode: 'EcsRamRole', roleName: undefined, hardened: false } as const;
    const url = 'http://oss.example.com/k';
    const failure = reported(new CredentialsError('none'), url, { credentials: fetched });
    expect(failure.advice).toMatch(/on an ECS instance that has a RAM role/);
    expect(failure.exitCode).toBe(3);
    expect(reported(new CredentialsError('none')).advice).toBeUndefined();
  });

  it.each([
    ['403 NoPermission: Roles may not be assumed by root accounts.', /RAM user .*-i and -k/],
    ['403 NoPermission: You are not authorized to do this action.', /allows the caller sts:Assume/],
    ['400 InvalidParameter.PolicyGrammar: The parameter Policy …', /^--session-policy takes/],
    ['400 InvalidParameter.PolicySize: The size of Policy …', /^--session-policy .* 2048/],
  ])('to assume a role, refused with %s, says which', (refusal, advice) => {
    const credentials = { mode: 'RamRoleArn' } as const;
    const settings = { credentials } as unknown as Parameters<typeof callFailure>[1];
    const failure = reported(new CredentialsError(`STS refused with ${refusal}`), '', settings);
    expect(failure.advice).toMatch(advice);
  });

  it('of the wrong scheme names the endpoint with the other one, without the bucket', () => {
    const tls =
      'if it is a TLS endpoint, write it with its scheme: -e https://oss.example.com:8080';
    expect(reported(network('HPE_INVALID_CONSTANT')).advice).toBe(tls);
    expect(reported(network('ECONNRESET')).advice).toBe(tls);
    for (const plain of [
      network('EPROTO', 'h does not speak TLS as it should (wrong version number)'),
      network('ECONNRESET', 'disconnected before secure TLS connection was established'),
    ]) {
      expect(reported(plain, 'https://127.0.0.1:9000/examplebucket/k').advice).toBe(
        'if it is a plain HTTP endpoint, write it with its scheme: -e http://127.0.0.1:9000',
      );
    }
  });

  it.each([
    [network('ECONNRESET'), 'https://oss.example.com/k'],
    [new TruncatedAnswerError(1, 2), 'http://oss.example.com/k'],
    [new BodyError('changed', 'x'), 'http://oss.example.com/k'],
  ])('%s has no obvious next step', (error, url) => {
    expect(reported(error, url).advice).toBeUndefined();
  });

  it('that nobody foresaw stays what it is', () => {
    const error = new TypeError('x');
    expect(callFailure(error, { credentials }, undefined)).toBe(error);
  });
});
