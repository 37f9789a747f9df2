import { describe, expect, it } from 'vitest';
import { persistentHeaders } from './persistent-headers.js';
import { checkUserMetadata } from './user-metadata.js';

describe('user metadata', () => {
  it('may have 8 KiB of names and values', () => {
    expect(() => checkUserMetadata({ a: 'v'.repeat(8191) })).not.toThrow();
    expect(() => checkUserMetadata({ a: 'v'.repeat(8192) })).toThrow(
      expect.objectContaining({ kind: 'MetadataTooLarge', ec: '0011-00000002' }),
    );
  });

  it.each(['a_b', 'a.b', 'a!'])('refuses the name %s', (name) => {
    expect(() => checkUserMetadata({ [name]: 'v' })).toThrow(
      expect.objectContaining({ kind: 'MetadataNameInvalid', ec: '0011-00000005' }),
    );
  });
});

describe('x-oss-persistent-headers', () => {
  it('reads names and base64 values', () => {
    expect(persistentHeaders.decode('myheader1:bXl2YWx1ZTE=,myheader2:bXl2YWx1ZTI=')).toEqual([
      ['myheader1', 'myvalue1'],
      ['myheader2', 'myvalue2'],
    ]);
  });

  it('reads back what it writes', () => {
    const headers = [
      ['X-One', 'a, b: c'],
      ['x-two', Buffer.from('你好').toString('latin1')],
    ] as const;
    expect(persistentHeaders.decode(persistentHeaders.encode(headers))).toEqual(headers);
  });

  it.each([
    ['Content-Length:MQ==', 'reserved'],
    ['x-oss-meta-a:MQ==', 'reserved'],
    ['bad name:MQ==', 'not a valid HTTP token'],
    [':MQ==', 'not a valid HTTP token'],
    ['none', 'not a valid HTTP token'],
    ['a:%%%', 'not base64-encoded'],
    ['a:/w==', 'not encoded in UTF-8'],
    [`a:${Buffer.from('a\r\nSet-Cookie: b').toString('base64')}`, 'control character'],
    ['a:MQ==,A:Mg==', 'stands twice'],
  ])('%s is refused: %s', (header, reason) => {
    expect(() => persistentHeaders.decode(header)).toThrow(
      expect.objectContaining({
        kind: 'PersistentHeadersInvalid',
        message: expect.stringContaining(reason),
      }),
    );
  });
});
