import { describe, expect, it } from 'vitest';
import { resolveEndpoint } from './endpoint.js';
import { InvalidFieldError } from './errors/invalid-field-error.js';

describe('resolving the endpoint', () => {
  it.each([
    [undefined, 'cn-hangzhou', 'https://oss-cn-hangzhou.aliyuncs.com', 443],
    ['', 'us-east-1', 'https://oss-us-east-1.aliyuncs.com', 443],
    ['oss.example.com', 'cn-hangzhou', 'https://oss.example.com', 443],
    ['localhost:9000', undefined, 'https://localhost:9000', 9000],
    ['http://localhost:9000', undefined, 'http://localhost:9000', 9000],
    ['http://localhost:9000/', undefined, 'http://localhost:9000', 9000],
    ['https://oss.example.com:443', undefined, 'https://oss.example.com', 443],
    ['http://oss.example.com:443', undefined, 'http://oss.example.com:443', 443],
    ['http://127.0.0.1', undefined, 'http://127.0.0.1', 80],
    ['http://[::1]:9000', undefined, 'http://[::1]:9000', 9000],
  ])('%s with the region %s is %s', (endpoint, region, url, port) => {
    const resolved = resolveEndpoint(endpoint, region);
    expect(`${resolved.protocol}//${resolved.host}`).toBe(url);
    expect(resolved.port).toBe(port);
  });

  it.each(['127.0.0.1', 'http://[::1]:9000', '192.168.1.10:9000'])('knows %s for an IP', (ip) => {
    expect(resolveEndpoint(ip, undefined).isIp).toBe(true);
  });

  it('connects to an IPv6 address without its brackets', () => {
    expect(resolveEndpoint('http://[::1]:9000', undefined).hostname).toBe('::1');
  });

  it.each([
    [undefined, undefined],
    [undefined, ''],
    [undefined, 'CN_Hangzhou'],
    ['http://', 'cn-hangzhou'],
    ['ftp://oss.example.com', undefined],
    ['http://host name', undefined],
    ['http://host:99999', undefined],
    ['https://oss.example.com/bucket', undefined],
    ['https://oss.example.com?x', undefined],
    ['https://me@oss.example.com', undefined],
  ])('refuses %s with the region %s in the words of the SDK, with a reason', (endpoint, region) => {
    const resolve = () => resolveEndpoint(endpoint, region);
    expect(resolve).toThrow(InvalidFieldError);
    expect(resolve).toThrow(/^invalid field, Endpoint\.$/);
    expect(resolve).toThrow(expect.objectContaining({ reason: expect.any(String) }));
  });
});
