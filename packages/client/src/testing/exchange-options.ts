import { onTestFinished } from 'vitest';
import type { ExchangeOptions } from '../credentials/credentials-exchange.js';
import { TestClock } from './test-client.js';

/** What exchanges of a test are made with: no real waits, and lines that are kept. */
export interface TestExchange extends ExchangeOptions {
  readonly clock: TestClock;
  readonly lines: string[];
  readonly canceler: AbortController;
}

/** Exchange options of one test; what is under way is ended when the test ends. */
export function testExchange(now?: number): TestExchange {
  const lines: string[] = [];
  const canceler = new AbortController();
  onTestFinished(() => canceler.abort());
  return {
    clock: new TestClock(now),
    lines,
    canceler,
    signal: canceler.signal,
    log: (level, message) => lines.push(`${level} ${message}`),
  };
}

/** A document of credentials, as those who give them write it. */
export function credentialsDocument(
  serial = 1,
  changes: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    AccessKeyId: `STS.${serial}`,
    AccessKeySecret: `fetched-secret-${serial}`,
    SecurityToken: `fetched/token+${serial}==`,
    Expiration: '2100-01-02T15:04:05Z',
    ...changes,
  };
}

/** What is read of {@link credentialsDocument}. */
export const readDocument = {
  accessKeyId: 'STS.1',
  accessKeySecret: 'fetched-secret-1',
  securityToken: 'fetched/token+1==',
  expiration: Date.UTC(2100, 0, 2, 15, 4, 5),
};
