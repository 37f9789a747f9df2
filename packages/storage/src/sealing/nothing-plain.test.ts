import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { childBundle, runChild } from '../testing/child-process.js';
import { blobFiles, openStore, pieces, putRequest, readBody } from '../testing/open-store.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { testSealing } from '../testing/test-sealing.js';

/** Has no period that a block or a chunk has, so that it stands everywhere at every place. */
const PATTERN = 'the plain text that must not be found anywhere; ';

/** What is looked for: any part of it that cannot be there by chance. */
const NEEDLES = Array.from({ length: PATTERN.length }, (_, at) =>
  Buffer.from(`${PATTERN}${PATTERN}`.slice(at, at + 12)),
);

/** The files in a directory in which the pattern stands, whatever they are. */
function filesWithPattern(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(directory, name);
    if (!statSync(path).isFile()) return false;
    const bytes = readFileSync(path);
    return NEEDLES.some((needle) => bytes.includes(needle));
  });
}

const bodyOf = (size: number): Buffer => Buffer.alloc(size, PATTERN);
const sizes = [30, 4096, 65_536, 300_000, 3_000_000];

describe.each(['AES256', 'SM4'] as const)('nothing of a body encrypted with %s', (cipher) => {
  it('stands plain in the data directory, neither of small ones nor of large ones', async () => {
    const store = await openStore();
    for (const size of sizes) {
      const body = bodyOf(size);
      for (const [key, bytes] of [
        ['whole', body],
        ['streamed', pieces(body, 77_777)],
        ['replaced', body],
        ['replaced', pieces(body, 1_000_001)],
      ] as const) {
        const sealing = testSealing(cipher);
        await store.objects.putObject(putRequest(`${key} ${size}`, bytes, { sealing }));
      }
      expect((await readBody(store, `streamed ${size}`))?.equals(body)).toBe(true);
      // And what was refused after it had been written.
      const refused = putRequest(`refused ${size}`, body, { expectCrc64: 1n });
      await expect(
        store.objects.putObject({ ...refused, sealing: testSealing(cipher) }),
      ).rejects.toThrow();
    }
    expect(filesWithPattern(store.directory)).toEqual([]);
    await store.swept();
    await store.close();
    expect(filesWithPattern(store.directory)).toEqual([]);
  });

  const cutPut = childBundle('cut-put-child.ts');

  it('is left by a process that is killed in the middle of a put', async () => {
    const directory = await temporaryDirectory();
    const child = runChild(cutPut(), [directory, PATTERN, cipher]);
    for await (const line of child.lines) {
      if (line === 'half') child.process.kill('SIGKILL');
    }
    expect(await child.ended).toBe('SIGKILL');
    // Some megabytes of it have been written.
    const [file = ''] = blobFiles(directory);
    expect(statSync(join(directory, 'blobs', file)).size).toBeGreaterThan(1024 * 1024);
    expect(filesWithPattern(directory)).toEqual([]);
  });
});

it('of bodies that are not encrypted is found by the same search, in the metadata and in blobs', async () => {
  for (const size of sizes) {
    const store = await openStore();
    await store.objects.putObject(putRequest('key', bodyOf(size)));
    const files =
      size > 65_536
        ? blobFiles(store.directory).map((name) => join('blobs', name))
        : ['metadata.mdb'];
    expect(filesWithPattern(store.directory), `${size} bytes`).toEqual(files);
  }
});
