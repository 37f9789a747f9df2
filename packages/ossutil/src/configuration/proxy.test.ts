import { describe, expect, it } from 'vitest';
import { proxyFor } from './proxy.js';

const https = new URL('https://bucket.oss-cn-hangzhou.aliyuncs.com/');
const http = new URL('http://oss.example.com:9000/');
const environment = { HTTP_PROXY: 'http://plain:1', https_proxy: 'secure:2' };
const origin = (url: URL | undefined) => url?.origin;

describe('the proxy of a request', () => {
  it('is none unless it is asked for, whatever the environment says', () => {
    expect(proxyFor(undefined, https, environment)).toBeUndefined();
  });

  it('is the one that is given', () => {
    expect(origin(proxyFor('http://proxy:8080', https, {}))).toBe('http://proxy:8080');
  });

  it('with env depends on the scheme of the target', () => {
    expect(origin(proxyFor('env', https, environment))).toBe('http://secure:2');
    expect(origin(proxyFor('env', http, environment))).toBe('http://plain:1');
    expect(proxyFor('env', https, {})).toBeUndefined();
  });

  it.each(['*', 'aliyuncs.com', '.aliyuncs.com', '*.aliyuncs.com', 'x, aliyuncs.com:443'])(
    'with env leaves out what NO_PROXY=%s covers',
    (list) => {
      expect(proxyFor('env', https, { ...environment, NO_PROXY: list })).toBeUndefined();
    },
  );

  it.each(['cs.com', 'aliyuncs.com:80', ''])('with env goes past NO_PROXY=%s', (list) => {
    expect(proxyFor('env', https, { ...environment, NO_PROXY: list })).toBeDefined();
  });

  it('with env leaves out this machine', () => {
    for (const url of ['http://localhost:9000/', 'http://127.0.0.1/', 'http://[::1]/']) {
      expect(proxyFor('env', new URL(url), environment)).toBeUndefined();
    }
  });

  it.each(['proxy:8080', 'socks5://proxy', 'none'])('cannot be %s', (proxy) => {
    expect(() => proxyFor(proxy, https, {})).toThrow('is not a proxy');
  });
});
