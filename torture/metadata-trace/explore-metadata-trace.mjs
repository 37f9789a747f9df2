import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CrashStates } from '../crash-model/crash-states.mjs';
import { imageWithoutCrash } from '../crash-model/disk-image.mjs';
import { ForgetfulVolume } from '../crash-model/forgetful-volume.mjs';
import { exploreLives } from '../explore-lives.mjs';
import { DATA_DIRECTORY } from '../recovery/metadata-file.mjs';
import { placeImage } from '../recovery/place-image.mjs';
import { recordTrace } from './record-trace.mjs';
import { replayTrace } from './replay-trace.mjs';

/**
 * @import { Exploration, ExploreOptions, LifePlan, LivedLife } from '../explore-lives.mjs'
 * @import { Intent } from '../workload/oracle.mjs'
 */

/** How many lives follow one another. */
const LIVES = 3;

/** Loaded by the writer to open LMDB in the way in which it acknowledges before it flushes. */
const OVERLAPPING_SYNC = join(import.meta.dirname, 'register-overlapping-sync.mjs');

/**
 * The engine with its own threads and system calls: one seed.
 *
 * The engine runs in a process of its own, on real files, under strace. What it wrote and flushed,
 * to LMDB's file and to all the others, then happens again on a volume that remembers what was
 * flushed, and each system call's beginning and end is a crash point.
 *
 * @param {string} seed
 * @param {ExploreOptions & { readonly overlappingSync?: boolean }} options `overlappingSync` breaks
 *   the engine
 * @returns {Promise<Exploration>}
 */
export function exploreMetadataTrace(seed, options) {
  const { scratch, overlappingSync = false } = options;
  const nodeArguments = overlappingSync ? ['--import', OVERLAPPING_SYNC] : [];
  return exploreLives(
    `metadata-trace ${seed}`,
    LIVES,
    (plan) => liveTraced(plan, scratch, nodeArguments),
    options,
  );
}

/**
 * @param {LifePlan} plan
 * @param {string} scratch
 * @param {readonly string[]} nodeArguments
 * @returns {Promise<LivedLife>}
 */
async function liveTraced(plan, scratch, nodeArguments) {
  const { name, store, image, oracle, programs, random, choices, mountPoint } = plan;
  const { startedAt, inlineLimit, endsWell } = plan;
  mkdirSync(mountPoint);
  let trace = '';
  try {
    placeImage(store, image, mountPoint);
    const directory = join(mountPoint, DATA_DIRECTORY);
    const task = { directory, inlineLimit, startedAt, life: name, endsWell, programs };
    trace = await recordTrace(task, scratch, nodeArguments);
  } finally {
    rmSync(mountPoint, { recursive: true });
  }
  const volume = new ForgetfulVolume(store, image);
  const states = new CrashStates(store, random.fork('choices'), choices);
  /** @type {string[]} */
  const problems = [];
  /** @type {Map<string, Intent>} */
  const intents = new Map();
  replayTrace({
    trace,
    mountPoint,
    volume,
    onMark(mark) {
      const [word, client, at, ...rest] = mark.split(' ');
      const operation = programs[Number(client)]?.[Number(at)];
      const intent = intents.get(`${client} ${at}`);
      if (word === 'begin' && operation !== undefined) {
        const { subject, result } = operation;
        intents.set(`${client} ${at}`, oracle.begin(subject, result));
      } else if (word === 'done' && intent !== undefined) oracle.acknowledge(intent);
      else if (word === 'refused' && intent !== undefined) oracle.refuse(intent);
      else problems.push([word, client, at, ...rest].join(' '));
    },
    onCrashPoint: () => states.visit(volume, oracle.clock),
  });
  return { states, problems, last: imageWithoutCrash(volume, store) };
}
