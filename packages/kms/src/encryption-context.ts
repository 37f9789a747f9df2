import type { EncryptionContext } from './key-service.js';

/**
 * A context as bytes, the same for equal ones and others for others: its pairs in byte order of their names, name
 * and value each after its length in four bytes, big-endian. Nothing for an empty context.
 */
export function encodeContext(context: EncryptionContext = {}): Buffer {
  const pairs = Object.entries(context).map(([name, value]) => ({
    name: Buffer.from(name),
    value: Buffer.from(value),
  }));
  pairs.sort((one, other) => one.name.compare(other.name));
  return Buffer.concat(
    pairs.flatMap(({ name, value }) => [lengthOf(name), name, lengthOf(value), value]),
  );
}

function lengthOf(text: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return length;
}
