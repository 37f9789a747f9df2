import { describe, expect, it } from 'vitest';
import { FailStop } from './fail-stop.js';
import { EngineFailed } from './metadata-engine.js';

describe('FailStop', () => {
  it('tells of the first failure once, and refuses everything from then on', () => {
    const told: Error[] = [];
    const failStop = new FailStop((error) => told.push(error));
    failStop.check();
    const first = new Error('EIO');
    const failure = failStop.trip(first);
    expect(failure).toBeInstanceOf(EngineFailed);
    expect(failure.cause).toBe(first);
    expect(failStop.trip(new Error('another'))).toBe(failure);
    expect(told).toEqual([first]);
    expect(() => failStop.check()).toThrow(failure);
  });
});
