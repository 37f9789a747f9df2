import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FailStop } from '../../engine/fail-stop.js';
import { metadataEngineContract } from '../../engine/metadata-engine.contract.js';
import { absent, put } from '../../engine/metadata-engine.js';
import { temporaryDirectory } from '../../testing/temporary-directory.js';
import { LmdbMetadata } from './lmdb-metadata.js';

function neverFails(): FailStop {
  return new FailStop((error) => {
    throw error;
  });
}

async function openMetadata(): Promise<{ engine: LmdbMetadata; reopen(): Promise<LmdbMetadata> }> {
  const path = join(await temporaryDirectory(), 'metadata.mdb');
  let current = new LmdbMetadata(path, neverFails());
  onTestFinished(() => current.close());
  return {
    engine: current,
    async reopen() {
      await current.close();
      current = new LmdbMetadata(path, neverFails());
      return current;
    },
  };
}

metadataEngineContract('LMDB', openMetadata);

const b = (text: string): Buffer => Buffer.from(text);

describe('group commit', () => {
  it('starts the first commit of an idle engine at once and gathers the rest behind it', async () => {
    const { engine } = await openMetadata();
    const before = engine.work.flushes;
    const first = engine.commit('p', [], [put(b('first'), b('v'))]);
    // A turn of the event loop later the flush of the first is under way.
    await new Promise((resolve) => setImmediate(resolve));
    const rest = Array.from({ length: 100 }, (_, i) =>
      engine.commit('p', [], [put(b(`k${i}`), b('v'))]),
    );
    await Promise.all([first, ...rest]);
    expect(engine.work.flushes - before).toBe(2);
  });

  it('does not tell of a conflict with a commit before that commit is on disk', async () => {
    const { engine } = await openMetadata();
    const order: string[] = [];
    const winner = engine.commit('p', [], [put(b('k'), b('v'))]).then(() => order.push('winner'));
    const loser = engine.commit('p', [absent(b('k'))], [put(b('k'), b('w'))]).then((outcome) => {
      // Readers see only what is durable: it is, by now.
      expect(engine.get('p', b('k'))).toEqual(b('v'));
      order.push(outcome);
    });
    await Promise.all([winner, loser]);
    expect(order).toEqual(['winner', 'conflict']);
  });

  it('tells of a conflict with what is committed without a flush', async () => {
    const { engine } = await openMetadata();
    await engine.commit('p', [], [put(b('k'), b('v'))]);
    const before = engine.work.flushes;
    expect(await engine.commit('p', [absent(b('k'))], [put(b('x'), b('v'))])).toBe('conflict');
    expect(engine.work.flushes).toBe(before);
  });
});
