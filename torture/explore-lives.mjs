import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BLANK_IMAGE } from './crash-model/disk-image.mjs';
import { PageStore } from './crash-model/page-store.mjs';
import { runLife } from './forgetting-disk/run-life.mjs';
import { seedRandomBytes } from './forgetting-disk/seeded-random-bytes.mjs';
import { failureText } from './recovery/failure-file.mjs';
import { inspectImage } from './recovery/inspect-image.mjs';
import { judgeStates } from './recovery/judge-states.mjs';
import {
  BUCKET,
  bucketSpecification,
  bucketSubject,
  clientProgram,
  put,
} from './workload/client-program.mjs';
import { ABSENT, Oracle } from './workload/oracle.mjs';
import { SeededRandom } from './workload/seeded-random.mjs';

/**
 * @import { CrashState, CrashStates } from './crash-model/crash-states.mjs'
 * @import { DiskImage } from './crash-model/disk-image.mjs'
 * @import { OpenStore } from './recovery/inspect-image.mjs'
 * @import { Operation, WorkloadShape } from './workload/client-program.mjs'
 */

/**
 * How to look through the crash states of one seed's workload.
 * @typedef {object} ExploreOptions
 * @property {string} scratch a directory for LMDB's files, in memory where there is one
 * @property {number} choices how many ways of losing what is pending are tried at a crash point
 * @property {number} lanes how many images are open at a time
 * @property {number} [stopAfter] so many violations are enough
 * @property {string} [lastWords] a file in which every image is kept while it is open, with all that
 *   is expected of it: for an image that takes the process with it
 * @property {OpenStore | undefined} [open] opens the images; the engine, unless told
 */

/**
 * An image on which a rule does not hold, and how it came about.
 * @typedef {object} FoundViolation
 * @property {string} life
 * @property {string | undefined} digest in hexadecimal; undefined when nothing had crashed
 * @property {readonly string[]} problems
 * @property {DiskImage} image
 * @property {number} inlineLimit
 * @property {Record<string, string[]>[]} expectations for each moment at which a crash can leave the
 *   image, the states that are right, by subject
 */

/**
 * What came of it.
 * @typedef {object} Exploration
 * @property {PageStore} store of the images' pages
 * @property {Set<string>} digests of the distinct images that were opened, 12 bytes as latin1
 * @property {number} points crash points
 * @property {number} choices images that were made, of which most were equal to others
 * @property {number} acknowledged operations
 * @property {number} faults calls to the disk that went wrong
 * @property {FoundViolation[]} violations
 */

/**
 * One run of the engine that is to be lived, and watched.
 * @typedef {object} LifePlan
 * @property {string} name
 * @property {PageStore} store
 * @property {DiskImage} image what the disk holds at first
 * @property {Oracle} oracle
 * @property {readonly (readonly Operation[])[]} programs one for each client
 * @property {SeededRandom} random
 * @property {number} startedAt what the engine's clock says, in milliseconds since 1970
 * @property {number} inlineLimit
 * @property {number} choices
 * @property {boolean} endsWell the store is closed when the clients are done
 * @property {string} mountPoint a directory that does not exist, for what has to be real
 */

/**
 * @typedef {object} LivedLife
 * @property {CrashStates} states
 * @property {readonly string[]} problems what went wrong while it ran, though nothing had crashed
 * @property {DiskImage} last the disk at the end, with nothing lost
 * @property {number} [faults] calls to the disk that went wrong
 */

/** A day when the first life begins, in milliseconds since 1970. */
const FIRST_DAY = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

/**
 * Looks through the crash states of one seed: several lives of the engine one after another, each on
 * a disk that a crash of the one before left, so that recovery and sweeping are crashed as well.
 * Every sixth seed begins with an empty disk, the others with one that was set up in peace.
 *
 * @param {string} seed
 * @param {number} lives
 * @param {(plan: LifePlan) => Promise<LivedLife>} live
 * @param {ExploreOptions} options
 * @returns {Promise<Exploration>}
 */
export async function exploreLives(seed, lives, live, options) {
  const { scratch, choices, lanes, lastWords, open } = options;
  const { stopAfter = Number.POSITIVE_INFINITY } = options;
  const random = new SeededRandom(seed);
  const shape = shapeOf(random);
  const { inlineLimit } = shape;
  const store = new PageStore();
  /** @type {Exploration} */
  const result = {
    store,
    digests: new Set(),
    points: 0,
    choices: 0,
    acknowledged: 0,
    faults: 0,
    violations: [],
  };
  /** @type {{ image: DiskImage, states: ReadonlyMap<string, string> }} */
  let disk = { image: BLANK_IMAGE, states: new Map() };
  if (!random.chance(1 / 6)) {
    const { image } = await setUp(store, shape, scratch);
    disk = { image, states: (await inspectImage(store, image, { scratch, inlineLimit })).states };
  }
  for (let number = 1; number <= lives && result.violations.length < stopAfter; number++) {
    const life = random.fork(`life ${number}`);
    const name = `${seed}, life ${number}`;
    const oracle = new Oracle([...disk.states].map(([subject, state]) => [subject, [state]]));
    const {
      states,
      problems,
      last,
      faults = 0,
    } = await live({
      name,
      store,
      image: disk.image,
      oracle,
      programs: programsOf(life, name, shape, disk.states),
      random: life,
      startedAt: FIRST_DAY + number * DAY_MS,
      inlineLimit,
      choices,
      endsWell: life.chance(0.3),
      mountPoint: join(scratch, `life-${process.pid}`),
    });
    result.faults += faults;
    if (problems.length > 0) {
      const what = { life: name, digest: undefined, image: last, inlineLimit, expectations: [] };
      result.violations.push({
        ...what,
        problems: problems.map((problem) => `in life: ${problem}`),
      });
      break;
    }
    /** @param {Pick<CrashState, 'image' | 'moments'>} state */
    const described = ({ image, moments }) => ({
      image,
      digest: Buffer.from(image.digest, 'latin1').toString('hex'),
      expectations: [...moments].map((moment) => expectationsAt(oracle, moment)),
    });
    const found = await judgeStates(states.states, {
      ...{ store, oracle, scratch, inlineLimit, lanes, open },
      stopAfter: stopAfter - result.violations.length,
      onOpen(state) {
        if (lastWords === undefined) return;
        const problems = ['opening it ended the process'];
        const violation = { ...described(state), life: name, inlineLimit, problems };
        writeFileSync(lastWords, failureText(store, violation));
      },
    });
    for (const { problems, ...state } of found) {
      result.violations.push({ ...described(state), life: name, inlineLimit, problems });
    }
    for (const { image } of states.states) result.digests.add(image.digest);
    result.points += states.points;
    result.choices += states.choices;
    result.acknowledged += oracle.acknowledgements;

    // The next life begins on one of these disks, and goes on from what is on it.
    const { image } = life.pick([...states.states]);
    disk = { image, states: (await inspectImage(store, image, { scratch, inlineLimit })).states };
  }
  return result;
}

/**
 * A disk with a bucket and some objects, as it is after a store was closed.
 * @param {PageStore} store
 * @param {WorkloadShape} shape
 * @param {string} scratch
 */
async function setUp(store, shape, scratch) {
  const name = 'set-up';
  const random = new SeededRandom(name);
  seedRandomBytes(name);
  const { last, problems } = await runLife({
    name,
    store,
    image: BLANK_IMAGE,
    oracle: new Oracle(),
    programs: [setUpProgram(random, name, shape)],
    random,
    startedAt: FIRST_DAY,
    inlineLimit: shape.inlineLimit,
    choices: 0,
    endsWell: true,
    mountPoint: join(scratch, `life-${process.pid}`),
  });
  if (problems.length > 0) throw new Error(`The set-up failed: ${problems.join('; ')}`);
  return { image: last };
}

/**
 * @param {SeededRandom} random
 * @param {string} life
 * @param {WorkloadShape} shape
 * @param {ReadonlyMap<string, string>} states
 * @returns {Operation[][]}
 */
function programsOf(random, life, shape, states) {
  if (!states.has(bucketSubject(BUCKET))) return [setUpProgram(random, life, shape)];
  return Array.from({ length: shape.clients }, (_, client) =>
    clientProgram(
      random.fork(`client ${client}`),
      life,
      client,
      shape,
      (subject) => states.get(subject) ?? ABSENT,
    ),
  );
}

/**
 * What happens first on an empty disk: the bucket, and objects enough for LMDB's tree to have
 * branches.
 * @param {SeededRandom} random
 * @param {string} life
 * @param {WorkloadShape} shape
 * @returns {Operation[]}
 */
function setUpProgram(random, life, shape) {
  const specification = bucketSpecification(BUCKET);
  const subject = bucketSubject(BUCKET);
  /** @type {Operation[]} */
  const operations = [{ kind: 'createBucket', subject, result: specification.acl, specification }];
  const small = { ...shape, inlineLimit: 600, largest: 600 };
  for (let at = 0; at < 10; at++) {
    operations.push(put(random, `base/${at}`, `${life} ${at}`, at < 8 ? small : shape));
  }
  return operations;
}

/**
 * @param {SeededRandom} random
 * @returns {WorkloadShape}
 */
function shapeOf(random) {
  const [inlineLimit, largest] = random.pick(
    /** @type {const} */ ([
      [1000, 12_000],
      [1000, 20_000],
      [2000, 20_000],
      [4000, 60_000],
      [64 * 1024, 140_000],
    ]),
  );
  return {
    clients: random.between(1, 5),
    operations: random.between(4, 10),
    inlineLimit,
    // Now and then a body that is written in several pieces, whose writes overlap.
    largest: random.chance(0.03) ? 2_500_000 : largest,
  };
}

/**
 * @param {Oracle} oracle
 * @param {number} moment
 */
function expectationsAt(oracle, moment) {
  /** @type {Record<string, string[]>} */
  const expectations = {};
  for (const subject of oracle.subjects) {
    expectations[subject] = [...oracle.allowed(subject, moment)];
  }
  return expectations;
}
