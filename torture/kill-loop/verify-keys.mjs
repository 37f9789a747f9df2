import { ABSENT } from '../workload/oracle.mjs';
import { DEFAULT_KEY } from './encryption-modes.mjs';
import { judge } from './judge.mjs';
import { aliasSubject, keySubject, keyText } from './key-writer.mjs';
import { KmsConnection } from './kms-connection.mjs';

/**
 * @import { Oracle } from '../workload/oracle.mjs'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 * @import { KnownKeys } from './known-keys.mjs'
 */

const DEFAULT_ALIAS = 'alias/acs/oss';
const PAGE = '100';

/** Of so many keys that nobody touched it is looked all the same whether they are as they were. */
const UNTOUCHED = 4;
/** And so many data keys are opened. */
const OPENED = 6;

/**
 * Holds the keys that a server has against what the oracle allows: that each is there, in what state,
 * with which versions and aliases, and that what was encrypted with it opens.
 * @param {object} work
 * @param {number} work.port where KMS is
 * @param {Oracle} work.oracle
 * @param {KnownKeys} work.keys what is found is learned
 * @param {SeededRandom} work.random
 * @param {string[]} work.problems
 */
export async function verifyKeys({ port, oracle, keys, random, problems }) {
  const connection = new KmsConnection(port);
  try {
    const ids = await listed(connection, 'ListKeys', (page) => page.Keys.Key);
    const there = new Set();
    for (const { KeyId: id } of ids) {
      if (!keys.isKnownId(id)) problems.push(...(await meet(connection, id, keys)));
      there.add(keys.nameOf(id));
    }
    if (keys.isKnown(DEFAULT_KEY) && !there.has(DEFAULT_KEY))
      problems.push('the default key is gone');
    const untouched = random.shuffled(there).slice(0, UNTOUCHED);
    for (const subject of [...oracle.subjects]) {
      if (!subject.startsWith(keySubject(''))) continue;
      const name = subject.slice(keySubject('').length);
      if (!there.has(name)) judge(oracle, subject, ABSENT, problems);
      else if (keys.touched.has(name) || untouched.includes(name)) {
        judge(oracle, subject, await stateOf(connection, name, keys, problems), problems);
      }
      there.delete(name);
    }
    keys.touched.clear();
    there.delete(DEFAULT_KEY);
    for (const name of there) problems.push(`nobody has made ${name}`);
    await verifyAliases(connection, oracle, keys, problems);
    for (const { name, plaintext, ciphertextBlob } of random.shuffled(keys.kept).slice(0, OPENED)) {
      const opened = await connection.call('Decrypt', { CiphertextBlob: ciphertextBlob });
      if (opened.Plaintext !== plaintext || opened.KeyId !== keys.idOf(name)) {
        problems.push(`a data key of ${name} opens as another`);
      }
    }
  } catch (error) {
    problems.push(
      `the keys cannot be looked at: ${error instanceof Error ? error.message : error}`,
    );
  } finally {
    connection.close();
  }
}

/**
 * Learns what a key is called that was never answered for.
 * @param {KmsConnection} connection
 * @param {string} id
 * @param {KnownKeys} keys
 */
async function meet(connection, id, keys) {
  const { KeyMetadata: key } = await connection.call('DescribeKey', { KeyId: id });
  return keys.learn(key.Creator === 'OSS' ? DEFAULT_KEY : key.Description, id);
}

/**
 * @param {KmsConnection} connection
 * @param {string} name
 * @param {KnownKeys} keys
 * @param {string[]} problems
 */
async function stateOf(connection, name, keys, problems) {
  const id = { KeyId: keys.idOf(name) };
  const { KeyMetadata: key } = await connection.call('DescribeKey', id);
  const versions = await listed(
    connection,
    'ListKeyVersions',
    (page) => page.KeyVersions.KeyVersion,
    id,
  );
  const found = new Set(versions.map(({ KeyVersionId }) => KeyVersionId));
  for (const version of keys.versionsOf(name)) {
    if (!found.has(version)) problems.push(`the version ${version} of ${name} is gone`);
  }
  if (key.Description !== name) problems.push(`${name} is called ${key.Description}`);
  return keyText({ state: key.KeyState, versions: found.size });
}

/**
 * @param {KmsConnection} connection
 * @param {Oracle} oracle
 * @param {KnownKeys} keys
 * @param {string[]} problems
 */
async function verifyAliases(connection, oracle, keys, problems) {
  const aliases = await listed(connection, 'ListAliases', (page) => page.Aliases.Alias);
  const found = new Map(aliases.map(({ AliasName, KeyId }) => [AliasName, keys.nameOf(KeyId)]));
  const ofDefault = found.get(DEFAULT_ALIAS);
  if ((ofDefault ?? DEFAULT_KEY) !== DEFAULT_KEY) {
    problems.push(`the alias of the default key stands for ${ofDefault}`);
  } else if (keys.isKnown(DEFAULT_KEY) && ofDefault === undefined) {
    problems.push('the alias of the default key is gone');
  }
  found.delete(DEFAULT_ALIAS);
  for (const subject of [...oracle.subjects]) {
    if (!subject.startsWith(aliasSubject(''))) continue;
    const alias = `alias/${subject.slice(aliasSubject('').length)}`;
    judge(oracle, subject, found.get(alias) ?? ABSENT, problems);
    found.delete(alias);
  }
  for (const alias of found.keys()) problems.push(`nobody has made the alias ${alias}`);
}

/**
 * All there is of something, page by page.
 * @param {KmsConnection} connection
 * @param {string} action
 * @param {(page: any) => any[]} itemsOf
 * @param {Readonly<Record<string, string>>} [parameters]
 * @returns {Promise<any[]>}
 */
async function listed(connection, action, itemsOf, parameters = {}) {
  /** @type {any[]} */
  const items = [];
  for (let number = 1; ; number++) {
    const asked = { ...parameters, PageNumber: String(number), PageSize: PAGE };
    const page = await connection.call(action, asked);
    const found = itemsOf(page);
    items.push(...found);
    if (found.length === 0 || items.length >= page.TotalCount) return items;
  }
}
