import fc from 'fast-check';
import { createCRC64 } from 'hash-wasm';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { crc64 } from './crc64.js';
import { Crc64Engine } from './crc64-engine.js';

const MiB = 1024 * 1024;
const engine = new Crc64Engine();

/** By a program that we did not write. */
let independent: (bytes: Uint8Array) => bigint;
beforeAll(async () => {
  const hasher = await createCRC64();
  independent = (bytes) => {
    hasher.init();
    hasher.update(bytes);
    return BigInt(`0x${hasher.digest()}`);
  };
});

/** Bytes that are the same in every run and look like any. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 88172645;
  for (let at = 0; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
  return bytes;
}

const plain = noise(2 * MiB);
const shared = Buffer.from(new SharedArrayBuffer(plain.length));
shared.set(plain);

/** A part of the noise. */
const part = fc
  .record({
    start: fc.nat(MiB),
    // Whatever the alignment of what came before it.
    aside: fc.nat(15),
    length: fc.oneof(fc.nat(70_000), fc.nat(5000), fc.integer({ min: 70_000, max: 400_000 })),
    memory: fc.constantFrom(plain, shared),
  })
  .map(({ start, aside, length, memory }) =>
    memory.subarray(start + aside, start + aside + length),
  );

describe('CRC-64/XZ in WebAssembly', () => {
  it('is compiled once for all who share it, of which none disturbs another', () => {
    expect(Crc64Engine.shared()).toBe(Crc64Engine.shared());
    const [one, other] = [Crc64Engine.shared().start(), Crc64Engine.shared().start()];
    for (const byte of Buffer.from('123456789')) {
      one.update(Buffer.of(byte));
      other.update(Buffer.of(0));
    }
    expect(one.digest()).toBe(0x995dc9bbdf1939fan);
    expect(other.digest()).toBe(crc64(Buffer.alloc(9)));
  });

  it('agrees with the published check value', () => {
    expect(engine.whole(Buffer.from('123456789'))).toBe(0x995dc9bbdf1939fan);
    expect(engine.whole(Buffer.alloc(0))).toBe(0n);
  });

  it('agrees with another program at every length up to 5,000, whatever was there before', () => {
    for (let length = 0; length <= 5000; length++) {
      const bytes = plain.subarray(length % 16, (length % 16) + length);
      const [got, expected] = [engine.whole(bytes), independent(bytes)];
      if (got !== expected) expect.fail(`${length} bytes: ${got} instead of ${expected}`);
    }
  });

  it('agrees with another program and with the one in JavaScript, at any alignment', () => {
    fc.assert(
      fc.property(part, (bytes) => {
        const expected = independent(bytes);
        expect(engine.whole(bytes)).toBe(expected);
        expect(crc64(bytes)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on how the body is cut', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (pieces) => {
        const running = engine.start();
        for (const piece of pieces) running.update(piece);
        expect(running.digest()).toBe(independent(Buffer.concat(pieces)));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps apart any number of bodies whose pieces come in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ body: fc.nat(19), piece: part }), { minLength: 30, maxLength: 60 }),
        (pieces) => {
          const bodies = Array.from({ length: 20 }, () => ({
            running: engine.start(),
            pieces: [] as Buffer[],
          }));
          for (const { body, piece } of pieces) {
            bodies[body]?.running.update(piece);
            bodies[body]?.pieces.push(piece);
            engine.whole(piece);
          }
          for (const body of bodies) {
            expect(body.running.digest()).toBe(independent(Buffer.concat(body.pieces)));
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('tells the checksum of what came so far, and goes on', () => {
    const running = engine.start();
    running.update(plain.subarray(0, 9000));
    expect(running.digest()).toBe(independent(plain.subarray(0, 9000)));
    running.update(plain.subarray(9000, 20_000));
    expect(running.digest()).toBe(independent(plain.subarray(0, 20_000)));
  });

  it('leaves the bytes as they were', () => {
    const bytes = Buffer.from(plain.subarray(3, 100_000));
    engine.whole(bytes);
    expect(bytes.equals(plain.subarray(3, 100_000))).toBe(true);
  });
});

describe('where there is no WebAssembly with vectors', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([
    ['none at all', undefined],
    [
      'none with vectors',
      {
        Module: class {
          constructor() {
            throw new Error('Wasm SIMD unsupported');
          }
        },
      },
    ],
  ])('it is slower and the same: %s', (_, webAssembly) => {
    vi.stubGlobal('WebAssembly', webAssembly);
    const slow = new Crc64Engine();
    expect(slow.isCompiled).toBe(false);
    expect(slow.whole(plain.subarray(1, 70_000))).toBe(engine.whole(plain.subarray(1, 70_000)));
    const running = slow.start();
    running.update(shared.subarray(3, 5000));
    running.update(plain.subarray(5000, 6000));
    expect(running.digest()).toBe(engine.whole(plain.subarray(3, 6000)));
    expect(engine.isCompiled).toBe(true);
  });
});
