import { setImmediate as turn } from 'node:timers/promises';
import { EngineFailed, openEmbeddedStore } from '@openoss/storage';
import { CrashStates } from '../crash-model/crash-states.mjs';
import { imageWithoutCrash } from '../crash-model/disk-image.mjs';
import { contentOfBytes, EMPTY_CONTENT } from '../crash-model/file-content.mjs';
import { ForgetfulVolume } from '../crash-model/forgetful-volume.mjs';
import { FailingDisk } from '../faults/failing-disk.mjs';
import { METADATA_FILE, MetadataPlace } from '../recovery/metadata-file.mjs';
import { ROOM } from '../workload/client-program.mjs';
import { performOperation } from '../workload/perform-operation.mjs';
import { SteppedSchedule } from './stepped-schedule.mjs';
import { volumeDisk } from './volume-disk.mjs';

/**
 * @import { EmbeddedStore } from '@openoss/storage'
 * @import { LifePlan, LivedLife } from '../explore-lives.mjs'
 * @import { FileContent } from '../crash-model/file-content.mjs'
 * @import { Operation } from '../workload/client-program.mjs'
 * @import { Oracle } from '../workload/oracle.mjs'
 * @import { Lie } from './volume-disk.mjs'
 */

/**
 * @typedef {LifePlan & { readonly lie?: Lie | undefined, readonly steps?: number | undefined, readonly fails?: boolean }} LifeOptions
 *   `lie`: how the disk breaks its word; `steps`: after so many the life ends, if it has not ended by
 *   itself; `fails`: the disk's calls go wrong now and then, once the store is open
 */

/**
 * One run of the engine from its start to its end, and all that a crash at any of its steps could
 * have left on the disk.
 *
 * Clients work side by side. Whenever the engine can do nothing more by itself, one thing is chosen
 * by the seed: a waiting operation of the disk happens, or a client that has nothing under way
 * begins its next operation. Before and after each step is a crash point.
 *
 * LMDB reaches its file by itself, so its commits are not steps: they are complete, and durable, by
 * the time the engine can do nothing more. Where a step made the engine commit, the crash points are
 * the disk after the step with LMDB's file as before and as after those commits. (What LMDB's own
 * writes can leave is looked at in `metadata-trace`.)
 *
 * @param {LifeOptions} options
 * @returns {Promise<LivedLife>}
 */
export async function runLife(options) {
  const life = new Life(options);
  try {
    await life.run();
    return {
      states: life.states,
      problems: life.problems,
      last: life.image(),
      faults: life.faults,
    };
  } finally {
    await life.end();
  }
}

/** How long the engine may be busy with one step before something is wrong, in milliseconds. */
const PATIENCE_MS = 20_000;

class Life {
  /** @type {string[]} */
  problems = [];
  states;
  #options;
  #volume;
  #place;
  #schedule = new SteppedSchedule();
  #clients;
  /** @type {EmbeddedStore | undefined} */
  #engine;
  /** @type {Promise<void>} */
  #opening = Promise.resolve();
  /** @type {Promise<void> | undefined} */
  #closing;
  #isClosed = false;
  #commits = -1;
  /** @type {FailingDisk | undefined} */
  #failing;
  #hasStopped = false;
  /** LMDB's file as it is now. @type {{ content: FileContent, bytes: Buffer }} */
  #metadata = { content: EMPTY_CONTENT, bytes: Buffer.alloc(0) };

  /** @param {LifeOptions} options */
  constructor(options) {
    const { store, image, random, choices, mountPoint, programs, oracle } = options;
    this.#options = options;
    this.states = new CrashStates(store, random.fork('choices'), choices);
    this.#volume = new ForgetfulVolume(store, image);
    this.#place = new MetadataPlace(mountPoint);
    this.#place.place(store, image);
    this.#readMetadata();
    this.#clients = programs.map(
      (program) =>
        new Client(
          // What an update leaves depends on the puts before it, which may have been refused.
          options.fails ? program.filter(({ kind }) => kind !== 'update') : program,
          oracle,
          (problem) => this.problems.push(problem),
          () => (this.#failing?.met ?? 0) > 0,
        ),
    );
  }

  /** How many calls to the disk went wrong. */
  get faults() {
    return this.#failing?.met ?? 0;
  }

  async run() {
    const { oracle, steps = Number.POSITIVE_INFINITY } = this.#options;
    this.#open();
    for (let step = 0; step < steps; step++) {
      const momentBefore = oracle.clock;
      const metadataBefore = this.#metadata.content;
      const isDiskStep = this.#step();
      if (isDiskStep === undefined) return;
      await this.#quiet();
      this.#readMetadata();
      if (isDiskStep && this.#metadata.content !== metadataBefore) {
        this.#visit(momentBefore, metadataBefore);
      }
      this.#visit(oracle.clock, this.#metadata.content);
    }
  }

  /** The disk as it is, with all that is pending. */
  image() {
    return imageWithoutCrash(
      this.#volume,
      this.#options.store,
      this.#contents(this.#metadata.content),
    );
  }

  /** Lets go of everything; nothing of this is looked at. */
  async end() {
    for (const client of this.#clients) client.stop();
    this.#failing?.end();
    this.#schedule.drain();
    await this.#opening;
    await this.#engine?.close();
    this.#place.remove();
  }

  #open() {
    const { store, random, startedAt, inlineLimit, lie, fails } = this.#options;
    let now = startedAt;
    /** @type {(details: object, message: string) => void} */
    const complain = (details, message) => {
      // A disk that fails is complained of; bytes that are not those that were written must not be.
      if (this.faults > 0 && !/is damaged/.test(message)) return;
      this.problems.push(`${message}: ${'err' in details ? details.err : JSON.stringify(details)}`);
    };
    const sound = volumeDisk({
      mountPoint: this.#place.mountPoint,
      volume: this.#volume,
      store,
      outside: this.#place.outside,
      schedule: this.#schedule.schedule,
      random: random.fork('disk'),
      ...(lie === undefined ? {} : { lie }),
    });
    if (fails) this.#failing = new FailingDisk(sound, random.fork('faults'));
    this.#opening = openEmbeddedStore({
      directory: this.#place.dataDirectory,
      disk: this.#failing?.disk ?? sound,
      clock: () => now++,
      inlineLimit,
      // A reserve file holds nothing that a crash could lose, and would be most of the steps.
      minFreeBytes: 0,
      log: { info() {}, warn: complain, error: complain },
      onFatal: (error) => {
        if (this.#hasStopped) this.problems.push(`the store stopped twice: ${error.message}`);
        this.#hasStopped = true;
        if (this.#failing?.hasFailedFlush !== true) {
          this.problems.push(`the store stopped: ${error.message}`);
        }
      },
    }).then(
      (engine) => {
        this.#engine = engine;
        this.#failing?.begin();
      },
      (error) => {
        this.problems.push(`the store cannot be opened: ${error}`);
      },
    );
  }

  /**
   * Chooses what happens next and begins it: true for an operation of the disk, undefined when there
   * is nothing left to do.
   */
  #step() {
    const { random, endsWell } = this.#options;
    const engine = this.#engine;
    if (engine === undefined) {
      // While it opens, or cannot be opened.
      if (this.#schedule.waiting === 0) return this.problems.length > 0 ? undefined : false;
      this.#schedule.step(random);
      return true;
    }
    if (this.#failing?.hasFailedFlush) {
      if (!this.#hasStopped) this.problems.push('a flush failed, and the store goes on');
      return undefined;
    }
    const idle = this.#clients.filter((client) => client.isIdle);
    const chosen = random.below(this.#schedule.waiting + Math.min(idle.length, 2));
    if (chosen < this.#schedule.waiting) {
      this.#schedule.step(random);
      return true;
    }
    if (idle.length > 0) {
      random.pick(idle).begin(engine);
      return false;
    }
    if (!endsWell || this.#closing !== undefined) return undefined;
    this.#closing = engine.close().then(() => {
      this.#isClosed = true;
    });
    return false;
  }

  /** Waits until the engine can do nothing more before the disk does, or a client. */
  async #quiet() {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      if (Date.now() > deadline) throw new Error('The engine does not come to rest');
      await turn();
      await turn();
      // An opening engine does one thing at a time.
      if (this.#engine === undefined) {
        if (this.#schedule.waiting > 0 || this.problems.length > 0) return;
        continue;
      }
      if (this.#isClosed) return;
      if (await this.#isAtRest(this.#engine)) return;
    }
  }

  /**
   * A commit that changes nothing is answered within this turn of the event loop if the metadata
   * engine is idle, and after the commits under way if it is not.
   * @param {EmbeddedStore} engine
   */
  async #isAtRest(engine) {
    const { arrived } = this.#schedule;
    const { commits } = engine.work;
    let isAnswered = false;
    const probe = engine
      .room(ROOM)
      .commit([], [])
      .catch(() => {})
      .then(() => {
        isAnswered = true;
      });
    for (let at = 0; at < 30 && !isAnswered; at++) await null;
    const wasIdle = isAnswered;
    await probe;
    await turn();
    return wasIdle && this.#schedule.arrived === arrived && engine.work.commits === commits;
  }

  #readMetadata() {
    const commits = this.#engine?.work.commits ?? -1;
    if (commits !== -1 && commits === this.#commits) return;
    this.#commits = commits;
    const bytes = this.#place.readMetadata();
    if (bytes === undefined) {
      this.#metadata = { content: EMPTY_CONTENT, bytes: Buffer.alloc(0) };
    } else if (!bytes.equals(this.#metadata.bytes)) {
      const content = contentOfBytes(this.#options.store, bytes, this.#metadata);
      this.#metadata = { content, bytes };
    }
  }

  /**
   * @param {number} moment
   * @param {FileContent} content of LMDB's file
   */
  #visit(moment, content) {
    if (this.#options.choices > 0) this.states.visit(this.#volume, moment, this.#contents(content));
  }

  /** @param {FileContent} content */
  #contents(content) {
    const node = this.#volume.lookUp(METADATA_FILE);
    return node === undefined ? new Map() : new Map([[node, content]]);
  }
}

/** One client and what it has under way. */
class Client {
  #program;
  #oracle;
  #onProblem;
  #mayFail;
  #next = 0;
  #isBusy = false;

  /**
   * @param {readonly Operation[]} program
   * @param {Oracle} oracle
   * @param {(problem: string) => void} onProblem
   * @param {() => boolean} mayFail the disk has given a reason
   */
  constructor(program, oracle, onProblem, mayFail) {
    this.#program = program;
    this.#oracle = oracle;
    this.#onProblem = onProblem;
    this.#mayFail = mayFail;
  }

  /** It could begin something. */
  get isIdle() {
    return !this.#isBusy && this.#next < this.#program.length;
  }

  /** @param {EmbeddedStore} engine */
  begin(engine) {
    const operation = this.#program[this.#next++];
    if (operation === undefined) return;
    const intent = this.#oracle.begin(operation.subject, operation.result);
    this.#isBusy = true;
    performOperation(engine, operation)
      .then(
        (done) => (done ? this.#oracle.acknowledge(intent) : this.#oracle.refuse(intent)),
        (error) => {
          // The store stopped: it may have happened, and will be seen when it is opened again.
          if (error instanceof EngineFailed) return;
          if (this.#mayFail()) this.#oracle.refuse(intent);
          else this.#onProblem(`${operation.kind} of ${operation.subject} failed: ${error}`);
        },
      )
      .finally(() => {
        this.#isBusy = false;
      });
  }

  stop() {
    this.#next = this.#program.length;
  }
}
