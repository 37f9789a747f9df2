/**
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/**
 * A data key that was made of a key, and what opens it: who has it encrypted has to get it back for ever.
 * @typedef {object} KeptDataKey
 * @property {string} name of the key
 * @property {string} plaintext in base 64
 * @property {string} ciphertextBlob
 */

/** Ends the names of keys that are disabled now and then: no object is encrypted with them. */
export const ON_AND_OFF = ' (on and off)';

/** Of so many data keys it is looked whether they still open. */
const KEPT = 200;

/**
 * What was learned of the keys of a run beside their states: the ids that the server gave them, which
 * are not known before it answers, and what was encrypted with them.
 */
export class KnownKeys {
  /** @type {Map<string, string>} */
  #names = new Map();
  /** @type {Map<string, string>} */
  #ids = new Map();
  /** Keys that objects may be encrypted with: nobody disables them. @type {string[]} */
  #usable = [];
  /** Ids of versions that were acknowledged, by the key's name. @type {Map<string, Set<string>>} */
  #versions = new Map();
  /** @type {KeptDataKey[]} */
  #kept = [];
  /** Keys that were changed, or were to be, since they were last looked at. @type {Set<string>} */
  touched = new Set();

  /** How many have an id that is known. */
  get count() {
    return this.#ids.size;
  }

  /** @returns {readonly string[]} */
  get usable() {
    return this.#usable;
  }

  /**
   * What is wrong with a key having this id, if anything: none has ever had two.
   * @param {string} name
   * @param {string} id
   * @returns {string[]}
   */
  learn(name, id) {
    const known = this.#ids.get(name);
    if (known !== undefined) return known === id ? [] : [`${name} was ${known}, and is ${id}`];
    this.#ids.set(name, id);
    this.#names.set(id, name);
    if (!name.endsWith(ON_AND_OFF)) this.#usable.push(name);
    return [];
  }

  /** @param {string} name @returns {string} */
  idOf(name) {
    const id = this.#ids.get(name);
    if (id === undefined) throw new Error(`The id of ${name} is not known yet`);
    return id;
  }

  /** @param {string} name */
  isKnown(name) {
    return this.#ids.has(name);
  }

  /** @param {string} id */
  nameOf(id) {
    return this.#names.get(id) ?? `the unknown key ${id}`;
  }

  /** @param {string} id */
  isKnownId(id) {
    return this.#names.has(id);
  }

  /**
   * The server said that the key has this version.
   * @param {string} name
   * @param {string} version
   */
  addVersion(name, version) {
    const versions = this.#versions.get(name);
    if (versions === undefined) this.#versions.set(name, new Set([version]));
    else versions.add(version);
  }

  /** @param {string} name @returns {ReadonlySet<string>} */
  versionsOf(name) {
    return this.#versions.get(name) ?? new Set();
  }

  /**
   * @param {KeptDataKey} dataKey
   * @param {SeededRandom} random
   */
  keep(dataKey, random) {
    if (this.#kept.length < KEPT) this.#kept.push(dataKey);
    else this.#kept[random.below(KEPT)] = dataKey;
  }

  /** @returns {readonly KeptDataKey[]} */
  get kept() {
    return this.#kept;
  }
}
