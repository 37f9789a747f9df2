import cluster, { type Worker } from 'node:cluster';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { EXIT_STORAGE_FAILED, type WorkerSession, type WorkerSessions } from '@openoss/storage';
import type { Logger } from 'pino';
import type { AuditLog } from '../audit/audit-log.js';
import { takeWorkerLines } from '../audit/worker-lines.js';
import { combinedMetrics, countsOf, type Samples } from '../combined-metrics.js';
import { endUnansweredConnections } from './handed-over.js';
import type { FromWorker, SentFailure, ToWorker, WorkerConfiguration } from './worker-messages.js';

const PROGRAM = fileURLToPath(new URL('./worker-main.js', import.meta.url));

/** Where the end of a worker's link is among the streams of its process. */
const LINK = 4;
/** And the pipe that its audit lines come through, where there are any. */
const AUDIT = 5;

/** A worker that dies is started again after so long, in milliseconds, and twice that the next time. */
const FIRST_DELAY = 100;
const LONGEST_DELAY = 10_000;
/** One that has lived so long has not died of its start. */
const LONG_LIFE = 60_000;

/** How a process ends that met damage which it cannot be told of, such as a rotten page of LMDB's. */
const CRASHES: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGBUS', 'SIGABRT', 'SIGILL', 'SIGFPE']);

/** A worker that crashes so often in a row, soon after its start each time, will not stop doing so. */
const HOPELESS = 5;

/** A start is given up when a worker dies this often before it serves. */
const START_ATTEMPTS = 5;

/** Besides the grace for requests: how long a worker may take to close, and to answer a question. */
const CLOSING_TIME = 5_000;
const ANSWERING_TIME = 2_000;

export interface WorkerPoolOptions {
  readonly count: number;
  readonly sessions: WorkerSessions;
  /** What all workers are told alike. */
  readonly configuration: Omit<WorkerConfiguration, 'index' | 'session' | 'listen'>;
  /** Where the audit lines of workers go. */
  readonly lines: AuditLog | undefined;
  readonly log: Logger;
  /** Called when a worker crashes again and again: the service cannot live. */
  readonly onHopeless: (error: Error) => void;
}

/** One place among the workers, and the process that fills it at the time. */
interface Place {
  readonly index: number;
  worker: Worker | undefined;
  isListening: boolean;
  /** How often in a row it died young, and how often of these by a crash. */
  deaths: number;
  crashes: number;
  /** The last that it told of itself. */
  samples: Samples;
}

/**
 * The processes that speak HTTP. This one, their primary, accepts connections and hands them over in
 * turn (node:cluster), commits for all of them, starts those again that die, and goes down with them
 * when a disk has failed.
 */
export class WorkerPool {
  readonly protocol: 'http' | 'https';
  readonly #options: WorkerPoolOptions;
  readonly #places: Place[];
  readonly #questions = new Map<number, (samples: Samples) => void>();
  readonly #sessionsEnding = new Set<Promise<void>>();
  readonly #linesComing = new Set<Promise<void>>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #asked = 0;
  #listen = { host: '', port: 0 };
  #address: AddressInfo | undefined;
  /** What workers that are no more had counted. */
  #retired: Promise<Samples> = Promise.resolve([]);
  #stopping = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.protocol = options.configuration.tls === undefined ? 'http' : 'https';
    this.#places = Array.from({ length: options.count }, (_, at) => ({
      index: at + 1,
      worker: undefined,
      isListening: false,
      deaths: 0,
      crashes: 0,
      samples: [],
    }));
  }

  /** How many workers serve now, and how many should. */
  get state(): { readonly listening: number; readonly count: number } {
    const listening = this.#places.filter(({ isListening }) => isListening).length;
    return { listening, count: this.#places.length };
  }

  /** What is to be said of a service of which some workers are missing. */
  get notice(): string | undefined {
    const { listening, count } = this.state;
    return listening === count ? undefined : `${listening} of ${count} workers are serving`;
  }

  /** Starts the workers; resolves when all of them listen, or rejects with what one of them met. */
  async listen(host: string, port: number): Promise<AddressInfo> {
    this.#listen = { host, port };
    try {
      const addresses = await Promise.all(
        this.#places.map(
          (place) =>
            new Promise<AddressInfo>((resolve, reject) => this.#start(place, resolve, reject)),
        ),
      );
      const [address] = addresses;
      if (address === undefined) throw new RangeError('There is no worker');
      this.#address = address;
      return address;
    } catch (error) {
      await this.close(0);
      throw error;
    }
  }

  /** What the workers have counted and measured, one list a worker. */
  async samples(): Promise<Samples[]> {
    await Promise.all(this.#places.map((place) => this.#measure(place)));
    for (;;) {
      const retired = this.#retired;
      const counted = await retired;
      // A worker that died meanwhile has gone from one of the two to the other.
      if (retired === this.#retired) {
        return [counted, ...this.#places.map(({ samples }) => samples)];
      }
    }
  }

  /** Lets requests under way take at most `grace` milliseconds; resolves when no worker is left. */
  async close(grace: number): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#restarts) clearTimeout(timer);
    await Promise.all(
      this.#places.map(async ({ worker }) => {
        if (worker === undefined || worker.isDead()) return;
        const ended = new Promise((resolve) => worker.once('exit', resolve));
        const timer = setTimeout(() => worker.process.kill('SIGKILL'), grace + CLOSING_TIME);
        if (worker.isConnected()) tell(worker, { type: 'stop', grace });
        await ended;
        clearTimeout(timer);
      }),
    );
    await Promise.all([...this.#sessionsEnding, ...this.#linesComing]);
  }

  #start(
    place: Place,
    resolve?: (address: AddressInfo) => void,
    reject?: (error: Error) => void,
  ): void {
    const { sessions, configuration, lines, log } = this.#options;
    const session = sessions.begin();
    cluster.setupPrimary({
      exec: PROGRAM,
      args: ['openoss-worker', String(place.index)],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe', ...(lines ? (['pipe'] as const) : [])],
    });
    const worker = cluster.fork();
    endUnansweredConnections(worker);
    const startedAt = performance.now();
    place.worker = worker;
    session.connect(worker.process.stdio[LINK] as Socket);
    if (lines !== undefined) {
      const coming = takeWorkerLines(auditPipeOf(worker), lines);
      this.#linesComing.add(coming);
      coming.then(() => this.#linesComing.delete(coming));
    }
    worker.on('message', (message: FromWorker) => {
      switch (message.type) {
        case 'booted': {
          const { index } = place;
          const told = { ...configuration, index, session: session.id, listen: this.#listen };
          tell(worker, { type: 'start', configuration: told });
          break;
        }
        case 'listening':
          if (!this.#isWhereItWas(message.address)) {
            worker.process.kill('SIGKILL');
            break;
          }
          place.isListening = true;
          if (resolve === undefined) log.info({ worker: place.index }, 'a worker serves again');
          resolve?.(message.address);
          break;
        case 'failed':
          if (reject === undefined) {
            log.error({ worker: place.index, err: message.failure }, 'a worker could not start');
          }
          reject?.(failureOf(message.failure));
          worker.process.kill('SIGKILL');
          break;
        case 'measured':
          this.#questions.get(message.request)?.(message.samples);
          break;
      }
    });
    worker.on('error', (error) => {
      log.error({ err: error, worker: place.index }, 'a worker cannot be talked to');
      worker.process.kill('SIGKILL');
    });
    worker.on('exit', (code, signal) => {
      const lived = performance.now() - startedAt;
      const wasListening = place.isListening;
      this.#retire(place, session);
      if (code === EXIT_STORAGE_FAILED) {
        sessions.diskFailed(new Error(`The disk failed worker ${place.index}`));
        return;
      }
      if (this.#stopping) return;
      place.deaths = lived < LONG_LIFE ? place.deaths + 1 : 1;
      place.crashes = CRASHES.has(signal) ? Math.min(place.crashes + 1, place.deaths) : 0;
      if (place.crashes >= HOPELESS) {
        this.#options.onHopeless(new Error(`Worker ${place.index} ends by ${signal} each time`));
        return;
      }
      const delay = Math.min(FIRST_DELAY * 2 ** (place.deaths - 1), LONGEST_DELAY);
      log.error({ worker: place.index, code, signal, delay }, 'a worker died; it is started again');
      if (!wasListening && reject !== undefined && place.deaths >= START_ATTEMPTS) {
        reject(new Error(`Worker ${place.index} dies when it starts (${signal ?? code})`));
        return;
      }
      const timer = setTimeout(() => {
        this.#restarts.delete(timer);
        if (wasListening) this.#start(place);
        else this.#start(place, resolve, reject);
      }, delay);
      this.#restarts.add(timer);
    });
  }

  /**
   * On a port that the system chose all workers get the same one for as long as one of them has it;
   * when all died at once the next would get another. Then they are to ask for the one they had.
   */
  #isWhereItWas({ port }: AddressInfo): boolean {
    if (this.#address === undefined || this.#address.port === port) return true;
    this.#listen = { ...this.#listen, port: this.#address.port };
    return false;
  }

  #retire(place: Place, session: WorkerSession): void {
    place.worker = undefined;
    place.isListening = false;
    const counts = countsOf(place.samples);
    this.#retired = this.#retired.then((before) =>
      combinedMetrics([before, counts]).getMetricsAsJSON(),
    );
    place.samples = [];
    const ending = session.ended().catch((error: unknown) => {
      this.#options.log.error({ err: error }, 'the session of a worker could not be ended');
    });
    this.#sessionsEnding.add(ending);
    ending.then(() => this.#sessionsEnding.delete(ending));
  }

  async #measure(place: Place): Promise<void> {
    const { worker } = place;
    if (worker === undefined || !place.isListening || !worker.isConnected()) return;
    const request = this.#asked++;
    const samples = await new Promise<Samples | undefined>((resolve) => {
      this.#questions.set(request, resolve);
      const timer = setTimeout(() => resolve(undefined), ANSWERING_TIME);
      timer.unref();
      tell(worker, { type: 'measure', request });
    });
    this.#questions.delete(request);
    if (samples !== undefined && place.worker === worker) place.samples = samples;
  }
}

function auditPipeOf(worker: Worker): Socket {
  const streams: readonly unknown[] = worker.process.stdio;
  return streams[AUDIT] as Socket;
}

function tell(worker: Worker, message: ToWorker): void {
  // A worker that is dying cannot be told; its end is heard of by itself.
  worker.process.send?.(message, undefined, undefined, () => {});
}

function failureOf({ message, ...details }: SentFailure): Error {
  return Object.assign(new Error(message), details);
}
