import { ABSENT } from '../workload/oracle.mjs';
import { KmsConnection } from './kms-connection.mjs';
import { ON_AND_OFF } from './known-keys.mjs';
import { ConnectionLost } from './oss-connection.mjs';

/**
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 * @import { WriterSurroundings } from './writer.mjs'
 */

/**
 * What can be seen of a key, and must be one of the states the oracle allows.
 * @typedef {object} KeyState
 * @property {'Enabled' | 'Disabled'} state
 * @property {number} versions how many there are
 */

/** @param {string} name */
export const keySubject = (name) => `key ${name}`;
/** @param {string} alias without its prefix */
export const aliasSubject = (alias) => `alias ${alias}`;

/**
 * The text that stands for a key in the oracle.
 * @param {KeyState} key
 */
export const keyText = ({ state, versions }) => JSON.stringify({ state, versions });

/** A key may have 1,000. */
const MOST_VERSIONS = 900;
const ALIASES = 3;

/**
 * A client of KMS that makes keys, rotates them, names them, disables them, and has data keys made. Its
 * keys and aliases are changed by nobody else.
 */
export class KeyWriter {
  #around;
  #random;
  #number;
  #life;
  #connection;
  #count = 0;
  #mostKeys;
  #isStopped = false;

  /**
   * @param {WriterSurroundings} around
   * @param {SeededRandom} random
   * @param {number} number of the writer
   * @param {string} life makes the names of this run's keys other ones than those of any other
   * @param {number} port where KMS is
   * @param {number} mostKeys how many keys there may be, of all writers
   */
  constructor(around, random, number, life, port, mostKeys) {
    this.#around = around;
    this.#random = random;
    this.#number = number;
    this.#life = life;
    this.#connection = new KmsConnection(port);
    this.#mostKeys = mostKeys;
  }

  stop() {
    this.#isStopped = true;
  }

  /** Works until it is stopped or the server is gone. */
  async work() {
    try {
      while (!this.#isStopped) await this.#anything();
    } catch (error) {
      if (!(error instanceof ConnectionLost)) {
        this.#around.problems.push(
          `key writer ${this.#number}: ${error instanceof Error ? error.stack : error}`,
        );
      }
    } finally {
      this.#connection.close();
    }
  }

  /**
   * Makes a key; resolves when that is acknowledged.
   * @param {string} name
   */
  async create(name) {
    const { keys, problems } = this.#around;
    const answer = await this.#change(
      'CreateKey',
      { Description: name },
      keySubject(name),
      keyText({ state: 'Enabled', versions: 1 }),
    );
    const { KeyId: id, PrimaryKeyVersion: version } = answer.KeyMetadata;
    problems.push(...keys.learn(name, id));
    keys.addVersion(name, version);
  }

  close() {
    this.#connection.close();
  }

  async #anything() {
    const random = this.#random;
    const { keys } = this.#around;
    const own = this.#ownKeys();
    const mayCreate = keys.count < this.#mostKeys;
    const what = random.weighted({ create: 3, rotate: 4, switch: 3, alias: 3, dataKey: 2 });
    if (own.length === 0 || (what === 'create' && mayCreate)) {
      const name = `key of writer ${this.#number}, ${this.#life}, ${this.#count++}`;
      return this.create(random.chance(0.3) ? `${name}${ON_AND_OFF}` : name);
    }
    const [name, key] = random.pick(own);
    switch (what) {
      case 'switch':
        if (name.endsWith(ON_AND_OFF)) return this.#switch(name, key);
        return this.#rotate(name, key);
      case 'alias':
        return this.#changeAlias();
      case 'dataKey':
        return this.#makeDataKey(name, key);
      default:
        return this.#rotate(name, key);
    }
  }

  /** What there is of this writer's keys. @returns {[name: string, key: KeyState][]} */
  #ownKeys() {
    const { oracle, keys } = this.#around;
    const prefix = keySubject(`key of writer ${this.#number}, `);
    /** @type {[string, KeyState][]} */
    const own = [];
    for (const subject of oracle.subjects) {
      if (!subject.startsWith(prefix)) continue;
      const [state = ABSENT] = oracle.allowed(subject);
      const name = subject.slice(keySubject('').length);
      if (state !== ABSENT && keys.isKnown(name)) own.push([name, JSON.parse(state)]);
    }
    return own;
  }

  /** @param {string} name @param {KeyState} key */
  async #rotate(name, key) {
    if (key.state !== 'Enabled' || key.versions >= MOST_VERSIONS) return;
    const { keys } = this.#around;
    const answer = await this.#change(
      'CreateKeyVersion',
      { KeyId: keys.idOf(name) },
      keySubject(name),
      keyText({ ...key, versions: key.versions + 1 }),
    );
    keys.addVersion(name, answer.KeyVersion.KeyVersionId);
  }

  /** @param {string} name @param {KeyState} key */
  async #switch(name, key) {
    const isEnabled = key.state === 'Enabled';
    await this.#change(
      isEnabled ? 'DisableKey' : 'EnableKey',
      { KeyId: this.#around.keys.idOf(name) },
      keySubject(name),
      keyText({ ...key, state: isEnabled ? 'Disabled' : 'Enabled' }),
    );
  }

  async #changeAlias() {
    const random = this.#random;
    const { oracle, keys } = this.#around;
    const alias = `torture/${this.#number}/${random.below(ALIASES)}`;
    const subject = aliasSubject(alias);
    const isThere = !oracle.allowed(subject).has(ABSENT);
    const AliasName = `alias/${alias}`;
    if (isThere && random.chance(0.4)) {
      return this.#change('DeleteAlias', { AliasName }, subject, ABSENT);
    }
    const [name] = random.pick(this.#ownKeys());
    const parameters = { AliasName, KeyId: keys.idOf(name) };
    return this.#change(isThere ? 'UpdateAlias' : 'CreateAlias', parameters, subject, name);
  }

  /** @param {string} name @param {KeyState} key */
  async #makeDataKey(name, key) {
    // Nobody can open it while its key is disabled.
    if (key.state !== 'Enabled' || name.endsWith(ON_AND_OFF)) return;
    const { keys } = this.#around;
    const answer = await this.#connection.call('GenerateDataKey', { KeyId: keys.idOf(name) });
    const { Plaintext: plaintext, CiphertextBlob: ciphertextBlob } = answer;
    keys.keep({ name, plaintext, ciphertextBlob }, this.#random);
  }

  /**
   * Makes a call that changes something, and returns its answer.
   * @param {string} action
   * @param {Readonly<Record<string, string>>} parameters
   * @param {string} subject
   * @param {string} result
   */
  async #change(action, parameters, subject, result) {
    const { oracle, keys } = this.#around;
    if (subject.startsWith('key ')) keys.touched.add(subject.slice(keySubject('').length));
    const intent = oracle.begin(subject, result);
    const answer = await this.#connection.call(action, parameters);
    oracle.acknowledge(intent);
    this.#around.acknowledged++;
    return answer;
  }
}
