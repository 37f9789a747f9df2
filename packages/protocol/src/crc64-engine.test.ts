import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { crc64 } from './crc64.js';
import { Crc64Engine } from './crc64-engine.js';

let engine: Crc64Engine;
beforeAll(async () => {
  engine = await Crc64Engine.load();
});

describe('CRC-64/XZ in WebAssembly', () => {
  it('agrees with the published check value', () => {
    expect(engine.whole(Buffer.from('123456789'))).toBe(0x995dc9bbdf1939fan);
    expect(engine.whole(Buffer.alloc(0))).toBe(0n);
  });

  it('agrees with the one in JavaScript, however the body is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 50_000 }), { maxLength: 6 }),
        async (pieces) => {
          const expected = crc64(Buffer.concat(pieces));
          expect(engine.whole(Buffer.concat(pieces))).toBe(expected);
          const running = await engine.start();
          for (const piece of pieces) running.update(piece);
          expect(running.digest()).toBe(expected);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('reckons many bodies at once, also while instances come back', async () => {
    const bodies = Array.from({ length: 20 }, (_, at) => Buffer.alloc(1000 + at, at));
    const first = await Promise.all(bodies.map(() => engine.start()));
    first[3]?.abandon();
    first[3]?.abandon();
    const second = await engine.start();
    for (const [at, running] of first.entries()) {
      if (at !== 3) running.update(bodies[at] ?? Buffer.alloc(0));
    }
    second.update(Buffer.from('123456789'));
    for (const [at, running] of first.entries()) {
      if (at !== 3) expect(running.digest()).toBe(crc64(bodies[at] ?? Buffer.alloc(0)));
    }
    expect(second.digest()).toBe(0x995dc9bbdf1939fan);
  });

  it('does not go on after its end', async () => {
    const running = await engine.start();
    running.digest();
    expect(() => running.update(Buffer.alloc(1))).toThrow('has ended');
    expect(() => running.digest()).toThrow('has ended');
  });
});
