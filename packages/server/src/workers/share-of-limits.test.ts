import { expect, it } from 'vitest';
import { defaultLimits } from '../limits.js';
import { shareOf } from './share-of-limits.js';

it('divides what is counted, never to nothing, and leaves times as they are', () => {
  const limits = defaultLimits({ memory: 4 * 2 ** 30, descriptors: 65_536 });
  const share = shareOf(limits, 3);
  expect(share.maxRequests).toBe(Math.ceil(limits.maxRequests / 3));
  expect(share.maxConnections * 3).toBeGreaterThanOrEqual(limits.maxConnections);
  expect(share.transferMemory * 3 - limits.transferMemory).toBeLessThan(3);
  expect(share.documentMemory * 3 - limits.documentMemory).toBeLessThan(3);
  const { headTimeout, keepAliveTimeout, idleTimeout, minimumRate } = limits;
  expect(share).toMatchObject({ headTimeout, keepAliveTimeout, idleTimeout, minimumRate });
  expect(shareOf({ ...limits, maxRequests: 1, maxConnections: 1 }, 8)).toMatchObject({
    maxRequests: 1,
    maxConnections: 1,
  });
});
