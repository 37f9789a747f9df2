/**
 * A process that is a crowd of clients, each of which misbehaves: on its own, so that the crowd's work
 * is not in the way of the clients that watch the server.
 */
import { SeededRandom } from '../workload/seeded-random.mjs';
import { BEHAVIOURS } from './behaviours.mjs';
import { dial } from './dial.mjs';

/**
 * @import { Behaviour } from './behaviours.mjs'
 */

/**
 * @typedef {object} CrowdOrder
 * @property {string} kind
 * @property {number} count how many are there at a time
 */

/**
 * What became of a crowd.
 * @typedef {object} CrowdReport
 * @property {string} kind
 * @property {number} connected
 * @property {number} answered
 * @property {readonly string[]} unexpected answers that there should not have been
 */

/** Connections that are being made at a time, in all crowds: no more than a backlog holds. */
const DIALLING = 500;

class Crowd {
  #kind;
  #port;
  #random;
  /** @type {Behaviour} */
  #behaviour;
  #sockets = new Set();
  #connected = 0;
  #answered = 0;
  /** @type {Map<string, number>} */
  #unexpected = new Map();
  #number = 0;
  #isOver = false;

  /**
   * @param {CrowdOrder} order
   * @param {number} port
   * @param {SeededRandom} random
   */
  constructor({ kind }, port, random) {
    this.#kind = kind;
    this.#port = port;
    this.#random = random;
    const behaviour = BEHAVIOURS[kind];
    if (behaviour === undefined) throw new Error(`There is no crowd of ${kind}`);
    this.#behaviour = behaviour;
  }

  /**
   * Resolves when so many have connected, or tried to.
   * @param {number} count
   */
  async gather(count) {
    let left = count;
    const lane = async () => {
      while (left-- > 0 && !this.#isOver) await this.#add();
    };
    await Promise.all(Array.from({ length: Math.min(DIALLING, count) }, lane));
  }

  /** @returns {CrowdReport} */
  end() {
    this.#isOver = true;
    for (const socket of this.#sockets) socket.destroy();
    const unexpected = [...this.#unexpected].map(([answer, times]) => `${times} × ${answer}`);
    const counts = { connected: this.#connected, answered: this.#answered };
    return { kind: this.#kind, ...counts, unexpected };
  }

  /** @returns {Promise<void>} */
  #add() {
    const { behave, isDeaf, isChurn } = this.#behaviour;
    const number = this.#number++;
    const socket = dial(this.#port);
    this.#sockets.add(socket);
    return new Promise((resolve) => {
      socket.on('connect', () => {
        this.#connected++;
        if (!isDeaf) this.#listen(socket);
        void behave(socket, number, this.#random);
        resolve();
      });
      socket.on('close', () => {
        this.#sockets.delete(socket);
        resolve();
        if (isChurn && !this.#isOver) void this.#add();
      });
    });
  }

  /** @param {import('node:net').Socket} socket */
  #listen(socket) {
    let head = '';
    let isJudged = false;
    socket.on('data', (chunk) => {
      if (isJudged) return;
      head += chunk.toString('latin1');
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1];
      const isWhole = status === '200' || head.includes('</Error>');
      if (status === undefined || !isWhole) return;
      isJudged = true;
      this.#judge(`${status} ${/<Code>(\w+)</.exec(head)?.[1] ?? ''}`);
      head = '';
    });
    socket.on('end', () => socket.end());
  }

  /** @param {string} answer */
  #judge(answer) {
    this.#answered++;
    const expected = this.#behaviour.answer;
    if (expected === undefined || expected.test(answer)) return;
    this.#unexpected.set(answer, (this.#unexpected.get(answer) ?? 0) + 1);
  }
}

/** @type {Crowd[]} */
const crowds = [];

/**
 * @typedef {{ readonly gather: readonly CrowdOrder[], readonly port: number, readonly seed: string }
 *   | { readonly end: true }} CrowdMessage
 */

process.on('message', async (received) => {
  const message = /** @type {CrowdMessage} */ (received);
  if ('end' in message) {
    process.send?.({ reports: crowds.splice(0).map((crowd) => crowd.end()) });
    return;
  }
  const random = new SeededRandom(message.seed);
  await Promise.all(
    message.gather.map((order) => {
      const crowd = new Crowd(order, message.port, random.fork(order.kind));
      crowds.push(crowd);
      return crowd.gather(order.count);
    }),
  );
  process.send?.({ gathered: true });
});
// Whoever asked is gone.
process.on('disconnect', () => process.exit());
