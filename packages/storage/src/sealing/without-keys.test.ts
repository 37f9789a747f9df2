import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backUpOffline } from '../backup/back-up.js';
import type { Damage } from '../backup/fill-directory.js';
import { restoreBackup } from '../backup/restore-backup.js';
import { inlineBodyKey } from '../bucket-partition.js';
import { checkDataDirectory } from '../check-data-directory.js';
import { put } from '../engine/metadata-engine.js';
import { silentLog } from '../log.js';
import { BUCKET, blobFiles, openStore, putRequest, readBody } from '../testing/open-store.js';
import { changed, flipInFile, flipped, scrub } from '../testing/scrubbed-store.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { testSealing } from '../testing/test-sealing.js';

const small = randomBytes(4000);
const large = randomBytes(300_000);

/** A store with encrypted objects of every kind. */
async function sealedStore() {
  const store = await openStore();
  for (const cipher of ['AES256', 'SM4'] as const) {
    for (const [key, body] of [
      ['empty', Buffer.alloc(0)],
      ['small', small],
      ['full', large.subarray(0, 65_536)],
      ['large', large],
    ] as const) {
      const sealing = testSealing(cipher);
      await store.objects.putObject(putRequest(`${cipher} ${key}`, body, { sealing }));
    }
  }
  const record = await store.objects.getObject(BUCKET, 'AES256 small');
  return {
    store,
    incarnation: (await store.objects.getBucket(BUCKET))?.incarnation ?? '',
    smallId: record?.body.kind === 'inline' ? record.body.id : '',
  };
}

describe('without any key', () => {
  it('a scrub and a check find encrypted objects in order', async () => {
    const { store } = await sealedStore();
    const { findings, summary } = await scrub(store);
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ bodies: 8 });
    await store.close();
    expect(await checkDataDirectory({ directory: store.directory })).toMatchObject({ findings: 0 });
  });

  it('a scrub finds rot in encrypted bodies, small and large', async () => {
    const { store, incarnation, smallId } = await sealedStore();
    const blob = blobFiles(store.directory).at(-1) ?? '';
    const rotten = await changed(store, async (metadata) => {
      const key = inlineBodyKey(smallId);
      const value = flipped(metadata.get(incarnation, key), 3990);
      await metadata.commit(incarnation, [], [put(key, value)]);
      flipInFile(join(store.directory, 'blobs', blob), 4096 + 250_000);
    });
    const { findings } = await scrub(rotten);
    expect(findings.map(({ kind, key }) => [kind, key])).toEqual([
      ['damaged-body', 'AES256 small'],
      ['damaged-body', expect.stringMatching(/ large$/)],
    ]);
  });

  it('a backup takes encrypted objects along, and they are restored', async () => {
    const { store } = await sealedStore();
    await store.close();
    const place = await temporaryDirectory();
    const damages: Damage[] = [];
    const common = {
      program: 'test',
      copyBlobs: true,
      files: [],
      onDamage: (damage: Damage) => void damages.push(damage),
    };
    const backup = join(place, 'backup');
    const target = join(place, 'restored');
    await backUpOffline({ ...common, source: store.directory, target: backup }, silentLog);
    await restoreBackup({ ...common, backup, target });
    expect(damages).toEqual([]);
    const restored = await openStore({ directory: target });
    for (const cipher of ['AES256', 'SM4']) {
      expect((await readBody(restored, `${cipher} small`))?.equals(small)).toBe(true);
      expect((await readBody(restored, `${cipher} large`))?.equals(large)).toBe(true);
      expect((await readBody(restored, `${cipher} empty`))?.length).toBe(0);
    }
  });
});
