import { BUCKET_KEY, BUCKETS, modeText, ruleDocument } from './encryption-modes.mjs';
import { KeyWriter } from './key-writer.mjs';
import { OssConnection } from './oss-connection.mjs';
import { bucketSubject, ruleSubject } from './writer.mjs';

/**
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 * @import { OssRequest } from './oss-connection.mjs'
 * @import { WriterSurroundings } from './writer.mjs'
 */

/**
 * Makes the buckets that are there all the time, each with its rule, and the key that one of them names.
 * @param {WriterSurroundings} around
 * @param {SeededRandom} random
 * @param {{ readonly port: number, readonly kmsPort: number }} ports
 */
export async function makeBuckets(around, random, { port, kmsPort }) {
  const { oracle, keys } = around;
  const keyWriter = new KeyWriter(around, random, 0, 'the first', kmsPort, 1);
  await keyWriter.create(BUCKET_KEY);
  keyWriter.close();
  const connection = new OssConnection(port);
  /**
   * @param {string} subject
   * @param {string} result
   * @param {OssRequest} request
   */
  const change = async (subject, result, request) => {
    const intent = oracle.begin(subject, result);
    const { status, body } = await connection.send(request);
    if (status !== 200) throw new Error(`The ${subject} cannot be made: ${status} ${body}`);
    oracle.acknowledge(intent);
  };
  for (const { name: bucket, rule } of BUCKETS) {
    await change(bucketSubject(bucket), 'there', { method: 'PUT', bucket });
    if (rule === undefined) continue;
    const body = ruleDocument(rule, keys);
    const request = /** @type {const} */ ({ method: 'PUT', bucket, query: [['encryption', null]] });
    await change(ruleSubject(bucket), modeText(rule), { ...request, body });
  }
  connection.close();
}
