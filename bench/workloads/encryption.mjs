import { randomBytes } from 'node:crypto';
import { openossVersion, startServe } from '../contestants/openoss.mjs';
import { putBucketDocument, sendOne } from '../load/send-one.mjs';
import { connectionsName, sizeName } from '../sizes.mjs';
import { REQUEST_COLUMNS, TRANSFER_COLUMNS } from './columns.mjs';
import { putIntoBucket } from './put-into-bucket.mjs';

const WARM_UP_BYTES = 64 * 1024 ** 2;
const PUT_PAIRS_A_ROUND = 2;
const GET_PAIRS_A_ROUND = 3;
/** SM4 takes a quarter of a minute a GiB: a pair in every third round says enough. */
const ROUNDS_AN_SM4_PAIR = 3;
const SMALL_BYTES = 4096;
const SMALL_CONNECTIONS = 64;

/**
 * The same server, asked in the same words: what differs is the bucket, and the rule that it has.
 *
 * @typedef {object} Mode
 * @property {string} name of the contestant
 * @property {string} title
 * @property {string} about
 * @property {string} bucket
 * @property {string | undefined} method by which the bucket has its objects encrypted
 */

export const PLAIN = 'openoss-plain';
export const AES256 = 'openoss-aes256';
const SM4 = 'openoss-sm4';
const KMS = 'openoss-kms';

/** @type {Mode} */
const plain = {
  name: PLAIN,
  title: 'OpenOSS, plain',
  about: 'into and out of a bucket without a rule of encryption',
  bucket: 'bench-plain',
  method: undefined,
};
/** @type {Mode} */
const aes256 = {
  name: AES256,
  title: 'OpenOSS, AES256',
  about: 'a data key for each object, under a key of the service; AES-256-GCM',
  bucket: 'bench-aes256',
  method: 'AES256',
};
/** @type {Mode} */
const sm4 = {
  name: SM4,
  title: 'OpenOSS, SM4',
  about: 'the same with SM4 in counter mode and HMAC-SM3',
  bucket: 'bench-sm4',
  method: 'SM4',
};
/** @type {Mode} */
const kms = {
  name: KMS,
  title: 'OpenOSS, KMS',
  about:
    'a data key under the account’s default key, of the keyring in the same process; AES-256-GCM',
  bucket: 'bench-kms',
  method: 'KMS',
};

export const ENCRYPTION_TABLE = 'encryption';
const SM4_TABLE = 'encryption-sm4';
const SMALL_TABLE = 'encryption-small';

/**
 * @param {'PUT' | 'GET'} method
 * @param {number} bytes
 */
export function encryptionCell(method, bytes) {
  return `${method} ${sizeName(bytes)}, 1 connection`;
}

/** @type {import('../workbench.mjs').Workload} */
export const encryption = {
  name: 'encryption',
  about: 'PUT and GET of 1 GiB and PUT of 4 KiB, encrypted, against plain ones of the same server',

  async run(bench) {
    addTables(bench.measurements);
    const { rounds } = bench.extent;
    for (let round = 0; round < rounds; round++) {
      bench.say(`round ${round + 1} of ${rounds}: large objects`);
      await withServer(bench, [plain, aes256, sm4], async (server) => {
        await measureLarge(bench, server, round);
      });
    }
    await withServer(bench, [plain, aes256, kms], async (server) => {
      await measureSmall(bench, server);
    });
  },
};

/** @param {import('../measurements.mjs').Measurements} measurements */
function addTables(measurements) {
  measurements.addTable({
    id: ENCRYPTION_TABLE,
    title: 'PUT and GET of large objects, encrypted with AES256',
    about:
      'Both ask the same process, in pairs that begin with the one and with the other in turn. GETs are from the page cache.',
    rows: 'what',
    columns: TRANSFER_COLUMNS,
    subject: AES256,
  });
  measurements.addTable({
    id: SM4_TABLE,
    title: 'PUT and GET of large objects, encrypted with SM4',
    about: 'The same. OpenSSL 3.0 has no instructions of the processor for SM4 and SM3.',
    rows: 'what',
    columns: TRANSFER_COLUMNS,
    subject: SM4,
  });
  measurements.addTable({
    id: SMALL_TABLE,
    title: 'PUT 4 KiB, encrypted',
    about: 'New keys, the same process, in turns.',
    rows: 'connections',
    columns: REQUEST_COLUMNS,
    subject: PLAIN,
  });
}

/**
 * Starts the server, and asks it in turns as several modes; each was seen to encrypt as it says.
 *
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {readonly Mode[]} modes
 * @param {(server: import('../contestants/running-server.mjs').RunningServer) => Promise<void>} measure
 */
async function withServer(bench, modes, measure) {
  const lineup = await bench.lineup(
    [openossWithKeys],
    modes.map(({ bucket }) => bucket),
  );
  try {
    const server = lineup.servers.get(PLAIN);
    if (server === undefined) {
      throw new Error(lineup.absent.get(PLAIN) ?? 'the server was not asked for');
    }
    for (const { name, title, about, bucket, method } of modes) {
      bench.measurements.present(name, { title, about, version: openossVersion() });
      if (method !== undefined) await putBucketDocument(server, bucket, 'encryption', rule(method));
      await seeThatItEncrypts(server, bucket, method);
    }
    await measure(server);
  } finally {
    await lineup.stop();
  }
}

/** OpenOSS with a root key for its keyring. */
const openossWithKeys = {
  name: PLAIN,
  title: plain.title,
  about: plain.about,
  version: openossVersion,

  async start(/** @type {string} */ directory) {
    const env = { OPENOSS_KMS_ROOT_KEY: randomBytes(32).toString('base64') };
    return (await startServe(directory, PLAIN, { env })).server;
  },
};

/** @param {string} method */
function rule(method) {
  return `<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>${method}</SSEAlgorithm></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>`;
}

/**
 * Puts an object and reads it back.
 *
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {string} bucket
 * @param {string | undefined} method
 * @throws {Error} when it is encrypted in another way, or comes back as something else
 */
async function seeThatItEncrypts(server, bucket, method) {
  const body = randomBytes(SMALL_BYTES);
  const key = 'seen';
  await sendOne(server, { method: 'PUT', bucket, key, bodyBytes: body.length }, body);
  const got = await sendOne(server, { method: 'GET', bucket, key });
  const told = got.headers['x-oss-server-side-encryption'];
  if (got.status !== 200 || told !== method || !got.body.equals(body)) {
    throw new Error(`an object for ${method} came back with ${got.status} and ${told}`);
  }
}

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {number} round
 */
async function measureLarge(bench, server, round) {
  const { largeBytes } = bench.extent;
  const withSm4 = round % ROUNDS_AN_SM4_PAIR === 0;
  for (const mode of withSm4 ? [plain, aes256, sm4] : [plain, aes256]) {
    await bench.load.send(largePut(server, mode, WARM_UP_BYTES, 'warm-up/'));
    await bench.load.send(largeGet(server, mode, WARM_UP_BYTES, 'warm-up/'));
  }
  const putCell = encryptionCell('PUT', largeBytes);
  const getCell = encryptionCell('GET', largeBytes);
  // Each put has a key of its own, for to replace an object is to delete one.
  const prefix = (/** @type {number} */ pair) => `large/${pair}/`;
  const [firstPut, firstGet] = [round * PUT_PAIRS_A_ROUND, round * GET_PAIRS_A_ROUND];
  for (let pair = firstPut; pair < firstPut + PUT_PAIRS_A_ROUND; pair++) {
    const turns = [plain, aes256].map((mode) => largePut(server, mode, largeBytes, prefix(pair)));
    await measurePair(bench, ENCRYPTION_TABLE, putCell, pair, turns);
  }
  const gets = [plain, aes256].map((mode) => largeGet(server, mode, largeBytes, prefix(firstPut)));
  for (let pair = firstGet; pair < firstGet + GET_PAIRS_A_ROUND; pair++) {
    await measurePair(bench, ENCRYPTION_TABLE, getCell, pair, gets);
  }
  if (!withSm4) return;
  const pair = round / ROUNDS_AN_SM4_PAIR;
  for (const [cell, turnOf] of /** @type {const} */ ([
    [putCell, largePut],
    [getCell, largeGet],
  ])) {
    const turns = [plain, sm4].map((mode) => turnOf(server, mode, largeBytes, 'sm4/'));
    await measurePair(bench, SM4_TABLE, cell, pair, turns);
  }
}

/**
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 */
async function measureSmall(bench, server) {
  const { rounds, seconds } = bench.extent;
  const turns = [plain, aes256, kms].map(({ name, bucket }) =>
    putIntoBucket(server.askedAs(name, server.style), bucket, SMALL_BYTES, SMALL_CONNECTIONS),
  );
  for (const turn of turns) await bench.load.send(turn, seconds);
  for (let round = 0; round < rounds; round++) {
    bench.say(`round ${round + 1} of ${rounds}: small objects`);
    await measurePair(bench, SMALL_TABLE, connectionsName(SMALL_CONNECTIONS), round, turns);
  }
}

/**
 * Measures turns that are compared with each other, every other time in the reverse order.
 *
 * @param {import('../workbench.mjs').Workbench} bench
 * @param {string} table
 * @param {string} cell
 * @param {number} pair
 * @param {readonly import('../load/measured-load.mjs').Turn[]} turns
 */
async function measurePair(bench, table, cell, pair, turns) {
  for (const turn of pair % 2 === 0 ? turns : turns.toReversed()) {
    await bench.measure(table, cell, pair, turn);
  }
}

/**
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {Mode} mode
 * @param {number} bodyBytes
 * @param {string} prefix
 * @returns {import('../load/measured-load.mjs').Turn}
 */
function largePut(server, { name, bucket }, bodyBytes, prefix) {
  return {
    server: server.askedAs(name, server.style),
    kind: `put ${bodyBytes}`,
    connections: 1,
    statuses: server.putStatuses,
    requests: 1,
    recipe: (distinct) => ({ kind: 'put-objects', bucket, prefix, first: 0, distinct, bodyBytes }),
  };
}

/**
 * @param {import('../contestants/running-server.mjs').RunningServer} server
 * @param {Mode} mode
 * @param {number} answerBytes
 * @param {string} prefix
 * @returns {import('../load/measured-load.mjs').Turn}
 */
function largeGet(server, { name, bucket }, answerBytes, prefix) {
  return {
    server: server.askedAs(name, server.style),
    kind: `get ${answerBytes}`,
    connections: 1,
    statuses: [200],
    answerBytes,
    requests: 1,
    recipe: (distinct) => ({ kind: 'get-objects', bucket, prefix, distinct }),
  };
}
