import { openEmbeddedStore } from '../open-embedded-store.js';
import { crashAttributes, crashBucket } from './crash-workload.js';

// Puts small objects until LMDB cannot write any more, saying which ones were acknowledged, and lets
// the store end the process as it does by default.
const [directory = ''] = process.argv.slice(2);
const { objects } = await openEmbeddedStore({ directory });
await objects.createBucket(crashBucket);

async function work(worker: number): Promise<never> {
  for (let n = 0; ; n++) {
    const key = `${worker}-${n}`;
    const body = Buffer.alloc(32 * 1024, key);
    const { name: bucket } = crashBucket;
    await objects.putObject({
      bucket,
      key,
      body,
      maxBytes: body.length,
      attributes: crashAttributes,
    });
    process.stdout.write(`${key}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, worker) => work(worker)));
