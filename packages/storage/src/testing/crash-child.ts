import { openEmbeddedStore } from '../open-embedded-store.js';
import {
  CRASH_KEYS,
  crashAttributes,
  crashBucket,
  crashOperation,
  crashSealing,
} from './crash-workload.js';

// Works on every key, one operation after another, until it is killed. Says `begin <key> <n>` before
// an operation and `done <key> <n>` when the store has acknowledged it.
const [directory = '', ...counts] = process.argv.slice(2);

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const { objects } = await openEmbeddedStore({ directory });
await objects.createBucket(crashBucket);
say('ready');

async function work(key: number, from: number): Promise<never> {
  for (let n = from; ; n++) {
    const body = crashOperation(key, n);
    say(`begin ${key} ${n}`);
    const name = { bucket: crashBucket.name, key: `key-${key}` };
    if (body === undefined) await objects.deleteObject(name.bucket, name.key);
    else {
      await objects.putObject({
        ...name,
        body,
        maxBytes: body.length,
        sealing: crashSealing(key, n),
        attributes: crashAttributes,
      });
    }
    say(`done ${key} ${n}`);
  }
}

await Promise.all(
  Array.from({ length: CRASH_KEYS }, (_, key) => work(key, Number(counts[key] ?? 0))),
);
