/** Bodies that PutObject refuses: framed wrongly, cut short, standing still. And that nothing of them is kept. */
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw, sendSigned } from '../support/http.js';
import { signedHead } from '../support/raw-connection.js';
import { startOss } from '../support/start-oss.js';

let oss: OpenOss;
beforeAll(async () => {
  oss = await startOss({ buckets: ['examplebucket'] });
});
afterAll(() => oss.close());

async function expectNothingStored(): Promise<void> {
  const stored = await sendSigned(oss, { method: 'HEAD', bucket: 'examplebucket', key: 'refused' });
  expect(stored.status).toBe(404);
}

describe('PutObject refuses a body', () => {
  const head = (headers: Record<string, string>): string =>
    signedHead(oss, { method: 'PUT', bucket: 'examplebucket', key: 'refused' }, headers);

  it('without Content-Length that is not chunked either', async () => {
    const answer = await sendRaw(oss.endpoint, head({ Connection: 'close' }));
    expect(answer).toMatch(/^HTTP\/1\.1 411 /);
    expect(answer).toContain('<Code>MissingContentLength</Code>');
    expect(answer).toContain('<Message>You must provide the Content-Length HTTP header.</Message>');
    expect(answer).toContain('<EC>0017-00000101</EC>');
  });

  it.each(['abc', '-1', '1.5', '0x10'])('whose Content-Length is %s', async (length) => {
    const answer = await sendRaw(oss.endpoint, head({ 'Content-Length': length }));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('<Code>InvalidArgument</Code>');
    expect(answer).toContain('<EC>0017-00000103</EC>');
  });

  it.each([String(5 * 1024 ** 3 + 1), '9'.repeat(18)])(
    'that is declared larger than 5 GB, before any of it is sent: %s',
    async (length) => {
      const answer = await sendRaw(oss.endpoint, head({ 'Content-Length': length }), {
        halfClose: true,
      });
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('<Code>EntityTooLarge</Code>');
      expect(answer).toContain(
        '<Message>Your proposed upload exceeds the maximum allowed size.</Message>',
      );
      expect(answer).toContain('<MaxSizeAllowed>5368709120</MaxSizeAllowed>');
    },
  );

  it.each([10, 100_000])(
    'that ends before its %d bytes, and keeps nothing of it',
    async (length) => {
      const answer = await sendRaw(
        oss.endpoint,
        `${head({ 'Content-Length': String(length) })}short`,
        {
          halfClose: true,
        },
      );
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('<Code>IncompleteBody</Code>');
      expect(answer).toContain('<EC>0017-00000505</EC>');
      expect(answer).toContain(
        '<Message>You did not provide the number of bytes specified by the Content-Length HTTP header.</Message>',
      );
      await expectNothingStored();
    },
  );

  it('whose chunks are malformed, and keeps nothing of it', async () => {
    const answer = await sendRaw(
      oss.endpoint,
      `${head({ 'Transfer-Encoding': 'chunked' })}2\r\nhi\r\nzz\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('<Code>InvalidRequest</Code>');
    await expectNothingStored();
  });

  it('that ends amid its chunks, and keeps nothing of it', async () => {
    const answer = await sendRaw(
      oss.endpoint,
      `${head({ 'Transfer-Encoding': 'chunked' })}6\r\nhi oss\r\n`,
      {
        halfClose: true,
      },
    );
    expect(answer).toContain('<Code>IncompleteBody</Code>');
    await expectNothingStored();
  });

  it('that stands still too long', async () => {
    const patient = await startOpenOss({ buckets: ['examplebucket'], bodyIdleTimeout: 200 });
    try {
      for (const length of ['10', '100000']) {
        const request = { method: 'PUT', bucket: 'examplebucket', key: 'refused' };
        const answer = await sendRaw(
          patient.endpoint,
          `${signedHead(patient, request, { 'Content-Length': length })}short`,
        );
        expect(answer).toMatch(/^HTTP\/1\.1 400 /);
        expect(answer).toContain('<Code>RequestTimeout</Code>');
        expect(answer).toContain(
          '<Message>Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.</Message>',
        );
      }
    } finally {
      await patient.close();
    }
  });

  it('that is longer than it was declared: what was declared is stored, the rest dropped', async () => {
    const answer = await sendRaw(
      oss.endpoint,
      `${head({ 'Content-Length': '6' })}hi oss and much more that is no request`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
    const stored = await sendSigned(oss, { bucket: 'examplebucket', key: 'refused' });
    expect(stored.text).toBe('hi oss');
    await sendSigned(oss, { method: 'DELETE', bucket: 'examplebucket', key: 'refused' });
  });
});
