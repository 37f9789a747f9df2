import { openEmbeddedStore } from '../open-embedded-store.js';
import type { SealingCipher } from '../sealing/sealing.js';
import { crashAttributes, crashBucket } from './crash-workload.js';
import { testSealing } from './test-sealing.js';

// Puts a large encrypted object whose body stops coming in the middle, says so, and waits to be killed.
const [directory = '', pattern = '', cipher = 'AES256'] = process.argv.slice(2);
const SIZE = 8 * 1024 * 1024;
const piece = Buffer.alloc(100_000, pattern);

async function* body(): AsyncGenerator<Buffer> {
  for (let at = 0; at < SIZE / 2; at += piece.length) {
    yield piece;
    await new Promise((resolve) => setImmediate(resolve));
  }
  process.stdout.write('half\n');
  await new Promise((resolve) => setTimeout(resolve, 1e6));
}

const { objects } = await openEmbeddedStore({ directory });
await objects.createBucket(crashBucket);
await objects.putObject({
  bucket: crashBucket.name,
  key: 'key',
  body: body(),
  maxBytes: SIZE,
  sealing: testSealing(cipher satisfies string as SealingCipher),
  attributes: crashAttributes,
});
