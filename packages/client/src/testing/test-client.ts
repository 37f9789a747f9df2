import { onTestFinished } from 'vitest';
import type { Clock } from '../clock.js';
import { OssClient } from '../oss-client.js';
import type { OssClientOptions } from '../oss-client-options.js';

export const testCredentials = { accessKeyId: 'ak', accessKeySecret: 'sk' };

/** A client of an endpoint that never really waits before it tries again; closed when the test ends. */
export function testClient(endpoint: string, options: Partial<OssClientOptions> = {}): OssClient {
  const client = new OssClient({
    endpoint,
    region: 'cn-hangzhou',
    credentials: testCredentials,
    clock: new TestClock(),
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

/** Tells a time that is set, or the real one, and notes down the waits instead of waiting. */
export class TestClock implements Clock {
  readonly waits: number[] = [];
  readonly #now: number | undefined;

  constructor(now?: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now ?? Date.now();
  }

  async sleep(milliseconds: number): Promise<void> {
    this.waits.push(milliseconds);
  }
}
