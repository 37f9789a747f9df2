import { describe, expect, it } from 'vitest';
import { addressOfHost, addressOfPath } from './addressing.js';

const suffixes = ['localhost', 'oss-cn-hangzhou.aliyuncs.com', 'aliyuncs.test'];

describe('the Host header', () => {
  it.each([
    ['127.0.0.1', { style: 'path' }],
    ['127.0.0.1:9000', { style: 'path' }],
    ['[::1]:9000', { style: 'path' }],
    ['localhost', { style: 'path' }],
    ['LOCALHOST:9000', { style: 'path' }],
    ['localhost.', { style: 'path' }],
    ['oss-cn-hangzhou.aliyuncs.com', { style: 'path' }],
    ['.oss-cn-hangzhou.aliyuncs.com', { style: 'path' }],
    ['', { style: 'path' }],
    [undefined, { style: 'path' }],
    ['examplebucket.localhost:9000', { style: 'virtual', bucket: 'examplebucket' }],
    ['examplebucket.oss-cn-hangzhou.aliyuncs.com', { style: 'virtual', bucket: 'examplebucket' }],
    ['ExampleBucket.LocalHost', { style: 'virtual', bucket: 'examplebucket' }],
    ['a.b.localhost', { style: 'virtual', bucket: 'a.b' }],
    ['notlocalhost', { style: 'foreign' }],
    ['example.com', { style: 'foreign' }],
    ['examplebucket.oss-cn-beijing.aliyuncs.com', { style: 'foreign' }],
  ])('%j is %j', (host, expected) => {
    expect(addressOfHost(host, suffixes)).toEqual(expected);
  });

  it('prefers the longest suffix', () => {
    expect(addressOfHost('b.eu.example.com', ['example.com', 'eu.example.com'])).toEqual({
      style: 'virtual',
      bucket: 'b',
    });
  });
});

describe('the path', () => {
  const path = { style: 'path' } as const;
  const virtual = { style: 'virtual', bucket: 'b' } as const;

  it.each([
    [path, '/', undefined, undefined],
    [path, '/b', 'b', undefined],
    [path, '/b/', 'b', undefined],
    [path, '/b/k', 'b', 'k'],
    [path, '/b/a/k', 'b', 'a/k'],
    [path, '/b//k', 'b', '/k'],
    [path, '/b/a%2Fk', 'b', 'a/k'],
    [path, '/b/a+b', 'b', 'a+b'],
    [path, '/b/%E4%BD%A0', 'b', '你'],
    [path, '/b/../x', 'b', '../x'],
    [virtual, '/', 'b', undefined],
    [virtual, '/k', 'b', 'k'],
    [virtual, '//k', 'b', '/k'],
  ])('in %j style %s names bucket %s and key %s', (host, raw, bucket, key) => {
    expect(addressOfPath(host, raw)).toEqual({ bucket, key });
  });

  it.each(['/b/%', '/b/%4', '/b/%zz', '/b/%ff', '/b/%C0%80', '/b/%ED%A0%80'])(
    '%s is no key',
    (raw) => {
      expect(() => addressOfPath(path, raw)).toThrow(
        expect.objectContaining({ kind: 'ObjectNameNotUtf8' }),
      );
    },
  );

  it('takes raw UTF-8 bytes, as sloppy clients send them', () => {
    const raw = `/b/${Buffer.from('é').toString('latin1')}`;
    expect(addressOfPath(path, raw).key).toBe('é');
  });
});
