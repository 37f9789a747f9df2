import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseXml } from '@openoss/protocol';
import { ABSENT } from '../workload/oracle.mjs';
import { DEFAULT_KEY, modeText } from './encryption-modes.mjs';
import { judge } from './judge.mjs';
import { OssConnection } from './oss-connection.mjs';
import { elements, readServerObject, textOf } from './server-object.mjs';
import { verifyKeys } from './verify-keys.mjs';
import { INLINE_LIMIT, objectSubject, ruleSubject } from './writer.mjs';

/**
 * @import { Oracle } from '../workload/oracle.mjs'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 * @import { Mode } from './encryption-modes.mjs'
 * @import { KnownKeys } from './known-keys.mjs'
 */

/** How long the sweeper may take unless told, in milliseconds. */
const SWEEPING_MS = 20_000;

/** How many objects are read at a time. */
const READERS = 4;

/**
 * Holds everything that a server has against what the oracle allows: keys, and that they open what was
 * encrypted with them; objects byte for byte, listings, statistics, files without records. What is found
 * is what the oracle knows from then on.
 * @param {object} work
 * @param {number} work.port
 * @param {number} work.kmsPort
 * @param {string} work.directory the server's data directory
 * @param {Oracle} work.oracle
 * @param {KnownKeys} work.keys
 * @param {SeededRandom} work.random
 * @param {number | undefined} work.patience how long the sweeper may take, in milliseconds
 * @returns {Promise<string[]>} what is wrong
 */
export async function verifyServer(work) {
  const { port, kmsPort, directory, oracle, keys, random, patience = SWEEPING_MS } = work;
  /** @type {string[]} */
  const problems = [];
  // First: what objects and buckets say of keys are their ids.
  await verifyKeys({ port: kmsPort, oracle, keys, random, problems });
  const connection = new OssConnection(port);
  let blobs = 0;
  const service = await documentOf(connection, {});
  const buckets = elements(service, 'Bucket').map((bucket) => textOf(bucket, 'Name'));
  for (const bucket of buckets) {
    const listed = await listBucket(connection, bucket);
    blobs += [...listed.values()].filter(({ size }) => size > INLINE_LIMIT).length;
    await verifyBucket({ port, bucket, listed, oracle, keys, problems });
    judge(oracle, ruleSubject(bucket), await ruleOf(connection, bucket, keys), problems);
    const statistics = await documentOf(connection, { bucket, query: [['stat', null]] });
    let bytes = 0;
    for (const { size } of listed.values()) bytes += size;
    const counted = `${textOf(statistics, 'ObjectCount')} objects of ${textOf(statistics, 'Storage')} bytes`;
    if (counted !== `${listed.size} objects of ${bytes} bytes`) {
      problems.push(`bucket ${bucket} counts ${counted}, and has ${listed.size} of ${bytes}`);
    }
  }
  for (const subject of oracle.subjects) {
    const [kind = '', name = ''] = subject.split(' ');
    if (kind !== 'bucket' && kind !== 'rule' && kind !== 'object') continue;
    const bucket = name.split('/')[0] ?? '';
    if (kind === 'bucket')
      judge(oracle, subject, buckets.includes(bucket) ? 'there' : ABSENT, problems);
    else if (!buckets.includes(bucket)) judge(oracle, subject, ABSENT, problems);
  }
  const files = await filesAfterSweeping(directory, blobs, patience);
  if (files !== blobs)
    problems.push(`there are ${files} blob files for ${blobs} objects with blobs`);
  connection.close();
  return problems;
}

/**
 * How a bucket encrypts what asks for nothing else, as the oracle has it.
 * @param {OssConnection} connection
 * @param {string} bucket
 * @param {KnownKeys} keys
 */
async function ruleOf(connection, bucket, keys) {
  const { status, body } = await connection.send({
    method: 'GET',
    bucket,
    query: [['encryption', null]],
  });
  if (status === 404) return ABSENT;
  if (status !== 200) throw new Error(`The rule of ${bucket} is answered ${status}: ${body}`);
  const rule = parseXml(body.toString());
  const method = /** @type {Mode['method']} */ (textOf(rule, 'SSEAlgorithm'));
  const id = textOf(rule, 'KMSMasterKeyID');
  const key = id === '' ? DEFAULT_KEY : keys.nameOf(id);
  return modeText({
    method,
    ...(textOf(rule, 'KMSDataEncryption') === 'SM4' ? { data: 'SM4' } : {}),
    ...(method === 'KMS' ? { key } : {}),
  });
}

/**
 * @typedef {object} Listed
 * @property {string} etag
 * @property {number} size
 */

/**
 * @param {{ readonly port: number, readonly bucket: string, readonly listed: ReadonlyMap<string, Listed>, readonly oracle: Oracle, readonly keys: KnownKeys, readonly problems: string[] }} work
 */
async function verifyBucket({ port, bucket, listed, oracle, keys, problems }) {
  const prefix = objectSubject(bucket, '');
  const known = [...oracle.subjects].filter((subject) => subject.startsWith(prefix));
  const names = new Set([
    ...listed.keys(),
    ...known.map((subject) => subject.slice(prefix.length)),
  ]);
  const queue = names.values();
  const read = async () => {
    const connection = new OssConnection(port);
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const key = next.value;
      const state = await readServerObject(connection, bucket, key, keys, problems);
      const entry = listed.get(key);
      if ((state === ABSENT) !== (entry === undefined)) {
        problems.push(`object ${bucket}/${key} is listed, or is there, but not both`);
      } else if (entry !== undefined) {
        const { etag, size } = JSON.parse(state);
        if (etag !== entry.etag || size !== entry.size) {
          problems.push(`object ${bucket}/${key} is listed wrongly`);
        }
      }
      judge(oracle, objectSubject(bucket, key), state, problems);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: READERS }, read));
}

/**
 * @param {OssConnection} connection
 * @param {string} bucket
 * @returns {Promise<Map<string, Listed>>}
 */
async function listBucket(connection, bucket) {
  /** @type {Map<string, Listed>} */
  const listed = new Map();
  for (let token = ''; ; ) {
    /** @type {[string, string][]} */
    const query = [
      ['list-type', '2'],
      ['max-keys', '37'],
    ];
    if (token !== '') query.push(['continuation-token', token]);
    const page = await documentOf(connection, { bucket, query });
    for (const object of elements(page, 'Contents')) {
      listed.set(textOf(object, 'Key'), {
        etag: textOf(object, 'ETag').replaceAll('"', ''),
        size: Number(textOf(object, 'Size')),
      });
    }
    token = textOf(page, 'NextContinuationToken');
    if (textOf(page, 'IsTruncated') !== 'true') return listed;
  }
}

/**
 * @param {OssConnection} connection
 * @param {{ readonly bucket?: string, readonly query?: readonly (readonly [string, string | null])[] }} request
 */
async function documentOf(connection, request) {
  const { status, body } = await connection.send({ method: 'GET', ...request });
  if (status !== 200) throw new Error(`GET ${JSON.stringify(request)} answers ${status}: ${body}`);
  return parseXml(body.toString());
}

/**
 * How many blob files there are, once there are as many as there should be or the sweeper has had
 * long enough.
 * @param {string} directory
 * @param {number} expected
 * @param {number} patience
 */
async function filesAfterSweeping(directory, expected, patience) {
  const deadline = Date.now() + patience;
  for (;;) {
    const entries = await readdir(join(directory, 'blobs'), {
      recursive: true,
      withFileTypes: true,
    }).catch((error) => {
      // A directory that the sweeper removed while it was being listed.
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const files = entries.filter((entry) => entry.isFile()).length;
    if (files === expected || Date.now() > deadline) return files;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
