import { ABSENT } from '../workload/oracle.mjs';
import { BUCKETS } from './encryption-modes.mjs';
import { OssConnection } from './oss-connection.mjs';
import { md5Of } from './server-object.mjs';
import { INLINE_LIMIT, objectSubject } from './writer.mjs';

/**
 * @import { OssRequest } from './oss-connection.mjs'
 * @import { WriterSurroundings } from './writer.mjs'
 */

/** How many of a bucket's objects go with one request, at most. */
const MOST_TOGETHER = 100;

/**
 * Deletes the objects that have blobs, all of a bucket with one request, which gives the sweeper more to
 * do than it can be through with when the answers come. Nobody else may ask for anything meanwhile.
 * @param {WriterSurroundings} around
 * @param {number} port
 */
export async function deleteTogether(around, port) {
  await Promise.all(BUCKETS.map(({ name }) => deleteInBucket(around, port, name)));
}

/**
 * @param {WriterSurroundings} around
 * @param {number} port
 * @param {string} bucket
 */
async function deleteInBucket(around, port, bucket) {
  const { oracle } = around;
  const prefix = objectSubject(bucket, '');
  const subjects = [...oracle.subjects]
    .filter((subject) => subject.startsWith(prefix) && mayHaveBlob(oracle.allowed(subject)))
    .slice(0, MOST_TOGETHER);
  if (subjects.length === 0) return;
  const objects = subjects.map((subject) => `<Key>${subject.slice(prefix.length)}</Key>`);
  const listed = objects.map((key) => `<Object>${key}</Object>`).join('');
  const body = Buffer.from(`<Delete><Quiet>true</Quiet>${listed}</Delete>`);
  const headers = { 'content-md5': Buffer.from(md5Of(body), 'hex').toString('base64') };
  const intents = subjects.map((subject) => oracle.begin(subject, ABSENT));
  const connection = new OssConnection(port);
  /** @type {OssRequest} */
  const request = { method: 'POST', bucket, query: [['delete', null]], headers, body };
  const { status, body: answer } = await connection.send(request);
  connection.close();
  if (status === 200) {
    for (const intent of intents) oracle.acknowledge(intent);
    around.acknowledged += intents.length;
  } else around.problems.push(`a deletion of several was answered ${status}: ${answer}`);
}

/**
 * Whether an object that is in one of several states has, or had, a file of its own.
 * @param {Iterable<string>} states
 */
export function mayHaveBlob(states) {
  return [...states].some((state) => state !== ABSENT && JSON.parse(state).size > INLINE_LIMIT);
}
