import type { BucketSpecification } from '../bucket-record.js';
import type { ObjectAttributes } from '../object-record.js';
import type { Sealing } from '../sealing/sealing.js';
import { testSealing } from './test-sealing.js';

// What a writer that will be killed does, known to it and to whoever checks what is left. No test
// runner here: the writer is a plain process.

export const crashBucket: BucketSpecification = {
  name: 'crashbucket',
  owner: '1000',
  storageClass: 'Standard',
  redundancy: 'LRS',
  acl: 'private',
};

export const crashAttributes: ObjectAttributes = {
  storageClass: 'Standard',
  acl: 'default',
  owner: '1000',
  headers: [],
  metadata: [],
  tags: [],
};

/** How many keys there are; each is one writer's alone, so its history is a line. */
export const CRASH_KEYS = 24;

/** What is done to a key in its n-th operation: a body is put, or (undefined) it is deleted. */
export function crashOperation(key: number, n: number): Buffer | undefined {
  const sizes = [10, undefined, 4096, 100_000, 30_000, 1_300_000, 0];
  const size = sizes[(key + n) % sizes.length];
  return size === undefined ? undefined : Buffer.alloc(size, `key ${key}, operation ${n}; `);
}

/** Whether that body is encrypted, and how: one in three is. */
export function crashSealing(key: number, n: number): Sealing | undefined {
  if ((key + 2 * n) % 3 !== 0) return undefined;
  return testSealing(key % 2 === 0 ? 'AES256' : 'SM4');
}
