import { Crc64, crc64 } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { startCrc64 } from './start-crc64.js';

const MiB = 1024 * 1024;
const chunks = [Buffer.from('OpenOSS'), Buffer.alloc(100_001, 'a'), Buffer.from('end')];
const expected = crc64(Buffer.concat(chunks));

describe('the checksum of a body', () => {
  it.each([
    ['small', 8 * MiB - 1, true],
    ['large', 8 * MiB, false],
    ['of unknown length', undefined, false],
  ])('that is %s is the same, however it is reckoned', async (_, bytes, isPlain) => {
    const running = await startCrc64(bytes);
    expect(running instanceof Crc64).toBe(isPlain);
    for (const chunk of chunks) running.update(chunk);
    expect(running.digest()).toBe(expected);
  });

  it('of one body is not mixed with that of another at the same time', async () => {
    const [one, other] = [await startCrc64(undefined), await startCrc64(undefined)];
    for (const chunk of chunks) {
      one.update(chunk);
      other.update(Buffer.from('noise'));
    }
    expect(one.digest()).toBe(expected);
  });
});
