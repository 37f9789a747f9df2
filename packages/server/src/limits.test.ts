import { describe, expect, it } from 'vitest';
import { defaultLimits, exceedsDescriptors, surplusOf, thisMachine } from './limits.js';

const GiB = 2 ** 30;
const MiB = 2 ** 20;

describe('the limits that fit a machine', () => {
  it.each([
    [256, GiB],
    [1024, 2 * GiB],
    [20_000, 23 * GiB],
    [1_048_576, 4 * GiB],
    [1_048_576, 512 * GiB],
    [undefined, 8 * GiB],
  ])('of %s descriptors and %d bytes leave some of both', (descriptors, memory) => {
    const machine = { descriptors, memory };
    const limits = defaultLimits(machine);
    expect(exceedsDescriptors(limits, machine)).toBe(false);
    const { maxConnections, maxRequests, transferMemory, documentMemory } = limits;
    // What each may cost by the comments in limits.ts.
    const most =
      maxConnections * 32 * 1024 + maxRequests * 256 * 1024 + transferMemory + documentMemory;
    expect(most).toBeLessThan(memory / 2);
    expect(maxRequests).toBeGreaterThanOrEqual(16);
    expect(maxConnections).toBeGreaterThan(maxRequests);
  });

  it('serve what is no overload: 256 connections, 64 large uploads, 10,000 that are idle', () => {
    const { maxRequests, maxConnections, transferMemory } = defaultLimits({
      memory: 8 * GiB,
      descriptors: 20_000,
    });
    expect(maxRequests).toBeGreaterThan(2000);
    expect(maxConnections).toBeGreaterThan(10_000);
    expect(transferMemory).toBeGreaterThanOrEqual(64 * 2 * MiB);
  });

  it('are said to be too many where descriptors run out', () => {
    const machine = { memory: 8 * GiB, descriptors: 1024 };
    const fit = defaultLimits(machine);
    expect(exceedsDescriptors({ ...fit, maxConnections: 1000 }, machine)).toBe(true);
    expect(exceedsDescriptors({ ...fit, maxRequests: 900 }, machine)).toBe(true);
    expect(
      exceedsDescriptors({ ...fit, maxRequests: 900 }, { memory: 1, descriptors: undefined }),
    ).toBe(false);
  });

  it('are found out here', () => {
    const { memory, descriptors } = thisMachine();
    expect(memory).toBeGreaterThan(64 * MiB);
    if (process.platform === 'linux') expect(descriptors).toBeGreaterThan(0);
    expect(surplusOf(16)).toBe(4);
    expect(surplusOf(100_000)).toBe(64);
  });
});
