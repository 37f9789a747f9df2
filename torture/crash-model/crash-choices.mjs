import { KEPT, LOST } from './disk-image.mjs';

/**
 * @import { CrashChoice } from './disk-image.mjs'
 * @import { PendingEffect } from './forgetful-volume.mjs'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/**
 * Ways in which a crash can treat what is pending: first the whole (all lost, all kept), then each
 * effect alone lost and alone kept, each page torn with the others kept or lost, the earlier half
 * lost though the later half was kept, then random subsets with and without tears. Where these are
 * more than `limit`, a random choice of them in which every family has its part.
 *
 * @param {readonly PendingEffect[]} effects
 * @param {SeededRandom} random
 * @param {number} limit
 * @returns {Generator<CrashChoice, void, undefined>}
 */
export function* crashChoices(effects, random, limit) {
  const count = effects.length;
  yield whole(count, LOST);
  if (count === 0) return;
  yield whole(count, KEPT);
  const hasPages = effects.some(isPage);
  if (hasPages) yield whole(count, LOST, true);
  let left = limit - 3;
  for (const make of random.shuffled(systematic(effects, random)).slice(0, left / 2)) {
    left--;
    yield make();
  }
  if (count < 2 && !hasPages) return;
  for (; left > 0; left--) yield randomSubset(effects, random);
}

/**
 * @param {readonly PendingEffect[]} effects
 * @param {SeededRandom} random
 * @returns {(() => CrashChoice)[]}
 */
function systematic(effects, random) {
  const count = effects.length;
  /** @type {(() => CrashChoice)[]} */
  const makers = [];
  for (const [at, effect] of effects.entries()) {
    makers.push(
      () => changed(whole(count, LOST), at, KEPT),
      () => changed(whole(count, KEPT), at, LOST),
      () => reordered(count, at),
    );
    if (!isPage(effect)) continue;
    makers.push(
      () => changed(whole(count, KEPT), at, tear(random)),
      () => changed(whole(count, LOST), at, tear(random)),
    );
  }
  return makers;
}

/**
 * @param {readonly PendingEffect[]} effects
 * @param {SeededRandom} random
 */
function randomSubset(effects, random) {
  const probability = random.pick([0.15, 0.5, 0.85]);
  const tearing = random.chance(0.5) ? 0 : 0.2;
  const choice = whole(effects.length, LOST, random.chance(0.25));
  for (const [at, effect] of effects.entries()) {
    if (!random.chance(probability)) continue;
    choice.fates[at] = isPage(effect) && random.chance(tearing) ? tear(random) : KEPT;
  }
  return choice;
}

/**
 * @param {number} count
 * @param {number} fate
 * @returns {CrashChoice}
 */
function whole(count, fate, stretched = false) {
  return { fates: new Uint8Array(count).fill(fate), stretched };
}

/**
 * What came first was lost, what came later was kept.
 * @param {number} count
 * @param {number} first the first effect that was kept
 * @returns {CrashChoice}
 */
function reordered(count, first) {
  const choice = whole(count, KEPT);
  choice.fates.fill(LOST, 0, first);
  return choice;
}

/**
 * @param {CrashChoice} choice
 * @param {number} at
 * @param {number} fate
 */
function changed(choice, at, fate) {
  choice.fates[at] = fate;
  return choice;
}

/**
 * A mask of sectors that is neither none nor all; half of them are a beginning, as a write that was
 * cut off leaves.
 * @param {SeededRandom} random
 */
function tear(random) {
  return random.chance(0.5) ? (1 << random.between(1, 8)) - 1 : random.between(1, KEPT);
}

/** @param {PendingEffect} effect */
function isPage(effect) {
  return effect.node.kind === 'file';
}
