import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseXml } from '@openoss/protocol';
import { ABSENT } from '../workload/oracle.mjs';
import { OssConnection } from './oss-connection.mjs';
import { elements, readServerObject, textOf } from './server-object.mjs';
import { INLINE_LIMIT, objectSubject } from './writer.mjs';

/**
 * @import { Oracle } from '../workload/oracle.mjs'
 */

/** How long the sweeper may take unless told, in milliseconds. */
const SWEEPING_MS = 20_000;

/** How many objects are read at a time. */
const READERS = 4;

/**
 * Holds everything that a server has against what the oracle allows: objects byte for byte,
 * listings, statistics, files without records. What is found is what the oracle knows from then on.
 * @param {number} port
 * @param {string} directory the server's data directory
 * @param {Oracle} oracle
 * @param {number} [patience] how long the sweeper may take, in milliseconds
 * @returns {Promise<string[]>} what is wrong
 */
export async function verifyServer(port, directory, oracle, patience = SWEEPING_MS) {
  /** @type {string[]} */
  const problems = [];
  const connection = new OssConnection(port);
  let blobs = 0;
  const service = await documentOf(connection, {});
  const buckets = elements(service, 'Bucket').map((bucket) => textOf(bucket, 'Name'));
  for (const bucket of buckets) {
    const listed = await listBucket(connection, bucket);
    blobs += [...listed.values()].filter(({ size }) => size > INLINE_LIMIT).length;
    await verifyBucket({ port, bucket, listed, oracle, problems });
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
 * @typedef {object} Listed
 * @property {string} etag
 * @property {number} size
 */

/**
 * @param {{ readonly port: number, readonly bucket: string, readonly listed: ReadonlyMap<string, Listed>, readonly oracle: Oracle, readonly problems: string[] }} work
 */
async function verifyBucket({ port, bucket, listed, oracle, problems }) {
  const prefix = objectSubject(bucket, '');
  const known = [...oracle.subjects].filter((subject) => subject.startsWith(prefix));
  const keys = new Set([...listed.keys(), ...known.map((subject) => subject.slice(prefix.length))]);
  const queue = keys.values();
  const read = async () => {
    const connection = new OssConnection(port);
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const key = next.value;
      const state = await readServerObject(connection, bucket, key, problems);
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
 * @param {Oracle} oracle
 * @param {string} subject
 * @param {string} state
 * @param {string[]} problems
 */
function judge(oracle, subject, state, problems) {
  const allowed = oracle.allowed(subject);
  if (!allowed.has(state)) {
    const known = JSON.stringify(oracle.describe(subject));
    problems.push(`${subject} is ${state}; right would be ${[...allowed].join(' or ')}; ${known}`);
  }
  oracle.settle(subject, state);
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
