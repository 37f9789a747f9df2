import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Exchange } from './exchange.js';
import { incomingBody } from './incoming-body.js';

const IDLE = 30_000;

function exchangeOf(request: Readable): Exchange {
  return { request, headers: new Map(), expects: undefined, bodyFault: undefined } as never;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a body that is read whole', () => {
  it('keeps no timer, and so no process, when it was refused before its timer was armed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const request = new Readable({ read() {} });
    request.push(Buffer.alloc(100));
    const body = incomingBody(exchangeOf(request), undefined, { idleTimeout: IDLE });
    const tooLarge = new Error('too large');
    await expect(body.whole(10, () => tooLarge)).rejects.toBe(tooLarge);
    await new Promise((resolve) => setImmediate(resolve));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is given up when it stands still', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const request = new Readable({ read() {} });
    const body = incomingBody(exchangeOf(request), 5, { idleTimeout: IDLE });
    const failed = expect(body.whole(10, () => new Error())).rejects.toMatchObject({
      code: 'RequestTimeout',
    });
    await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(IDLE);
    await failed;
  });
});
