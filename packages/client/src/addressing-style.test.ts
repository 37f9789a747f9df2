import { describe, expect, it } from 'vitest';
import { addressOf } from './addressing-style.js';
import { resolveEndpoint } from './endpoint.js';

const named = resolveEndpoint('https://oss.example.com', undefined);
const local = resolveEndpoint('http://localhost:9000', undefined);
const ip = resolveEndpoint('http://127.0.0.1:9000', undefined);

describe('addressing', () => {
  it.each([
    [named, 'virtual', 'bkt', 'a/b', 'bkt.oss.example.com', '/a/b'],
    [named, 'virtual', 'bkt', undefined, 'bkt.oss.example.com', '/'],
    [named, 'virtual', undefined, undefined, 'oss.example.com', '/'],
    [named, 'path', 'bkt', 'a/b', 'oss.example.com', '/bkt/a/b'],
    [named, 'path', 'bkt', undefined, 'oss.example.com', '/bkt/'],
    [named, 'path', undefined, undefined, 'oss.example.com', '/'],
    [named, 'cname', 'bkt', 'a/b', 'oss.example.com', '/a/b'],
    [named, 'cname', 'bkt', undefined, 'oss.example.com', '/'],
    [local, 'virtual', 'bkt', 'k', 'bkt.localhost:9000', '/k'],
    [ip, 'virtual', 'bkt', 'k', '127.0.0.1:9000', '/bkt/k'],
    [ip, 'cname', 'bkt', 'k', '127.0.0.1:9000', '/bkt/k'],
    [ip, 'virtual', 'bkt', undefined, '127.0.0.1:9000', '/bkt/'],
  ] as const)('%j %s %s %s', (endpoint, style, bucket, key, host, path) => {
    const address = addressOf(endpoint, style, bucket, key);
    expect([address.host, address.path]).toEqual([host, path]);
    expect(address.hostname).toBe(host.replace(/:\d+$/, ''));
  });

  it.each([
    ['a b+c', '/a%20b%2Bc'],
    ['../up//down/./x', '/../up//down/./x'],
    ['/leading', '//leading'],
    ['100%/%41?#&=', '/100%25/%2541%3F%23%26%3D'],
    ["~-._!*'()", '/~-._%21%2A%27%28%29'],
    ['é中😀', '/%C3%A9%E4%B8%AD%F0%9F%98%80'],
    ['\\\n\u007f', '/%5C%0A%7F'],
  ])('escapes every byte of %j but letters, digits, -._~ and /', (key, path) => {
    expect(addressOf(named, 'virtual', 'bkt', key).path).toBe(path);
  });
});
