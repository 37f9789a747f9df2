import { describe, expect, it } from 'vitest';
import { Sealer, Unsealable } from './sealer.js';

const sealer = new Sealer(Buffer.alloc(32, 1), 'secrets');

describe('a sealed secret', () => {
  it('comes back in its own context', () => {
    for (const secret of ['', 'x', 'a secret: ü 猫', 'y'.repeat(10_000)]) {
      expect(sealer.open(sealer.seal(secret, 'here'), 'here').toString()).toBe(secret);
    }
  });

  it('does not come back in another context, under another key, or for another purpose', () => {
    const sealed = sealer.seal('secret', 'here');
    expect(() => sealer.open(sealed, 'there')).toThrow(Unsealable);
    expect(() => new Sealer(Buffer.alloc(32, 2), 'secrets').open(sealed, 'here')).toThrow(
      Unsealable,
    );
    expect(() => new Sealer(Buffer.alloc(32, 1), 'tokens').open(sealed, 'here')).toThrow(
      Unsealable,
    );
    expect(new Sealer(Buffer.alloc(32, 1), 'secrets').open(sealed, 'here').toString()).toBe(
      'secret',
    );
  });

  it('does not come back when any bit of it was turned over, or any of it is missing', () => {
    const sealed = sealer.seal('secret', 'here');
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => sealer.open(changed, 'here'), `bit ${bit}`).toThrow(Unsealable);
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(() => sealer.open(sealed.subarray(0, length), 'here')).toThrow(Unsealable);
    }
  });

  it('is another one each time', () => {
    const many = Array.from({ length: 100 }, () => sealer.seal('secret', 'here').toString('hex'));
    expect(new Set(many).size).toBe(100);
    expect(new Set(many.map((sealed) => sealed.slice(2, 26))).size).toBe(100);
  });
});
