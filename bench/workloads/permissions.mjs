import { randomBytes } from 'node:crypto';
import { openossVersion, startServe } from '../contestants/openoss.mjs';
import { makeRamUser } from '../contestants/ram-user.mjs';
import { REQUEST_COLUMNS } from './columns.mjs';
import { putIntoBucket } from './put-into-bucket.mjs';

const OWN_BUCKET = 'bench-account';
const USER_BUCKET = 'bench-ram-user';
const BODY_BYTES = 4096;
const CONNECTIONS = 64;
/** A decision is a small part of a put: it takes many pairs to see it. */
const PAIRS_A_ROUND = 5;

export const PERMISSIONS_TABLE = 'permissions';
export const PERMISSIONS_CELL = `${CONNECTIONS} connections`;
export const ACCOUNT = 'openoss-account';
export const RAM_USER = 'openoss-ram-user';

/**
 * What a decision by policies costs: one server, puts of 4 KiB in turns by the account itself, which no
 * policy speaks about, and by a RAM user who is decided by ten statements of a RAM policy and ten of a
 * bucket policy.
 *
 * @type {import('../workbench.mjs').Workload}
 */
export const permissions = {
  name: 'permissions',
  about: 'PUT of 4 KiB by a RAM user with 10 + 10 statements, against the account itself',

  async run(bench) {
    const { rounds, seconds } = bench.extent;
    bench.measurements.addTable({
      id: PERMISSIONS_TABLE,
      title: 'PUT 4 KiB by a RAM user with 10 RAM and 10 bucket-policy statements',
      about:
        'Both ask the same process, in pairs that begin with the one and with the other in turn; the ratio is that of the CPU each.',
      rows: 'connections',
      columns: [
        { key: 'cpuMicros', title: 'CPU each', quantity: 'microseconds' },
        ...REQUEST_COLUMNS.filter(({ key }) => key !== 'cpuMicros'),
      ],
      subject: RAM_USER,
    });
    const lineup = await bench.lineup([openossWithRam], [OWN_BUCKET, USER_BUCKET]);
    try {
      const server = lineup.servers.get(ACCOUNT);
      if (server === undefined) {
        const reason = lineup.absent.get(ACCOUNT) ?? 'it was not asked for';
        bench.measurements.recordAbsence(PERMISSIONS_TABLE, PERMISSIONS_CELL, ACCOUNT, reason);
        return;
      }
      const style = await makeRamUser(server, openossWithRam.rpcEndpoint, USER_BUCKET);
      bench.measurements.present(RAM_USER, {
        title: 'OpenOSS, a RAM user',
        about: 'decided by 20 statements in all, four of them with conditions on each request',
        version: openossVersion(),
      });
      const turns = [
        putIntoBucket(server, OWN_BUCKET, BODY_BYTES, CONNECTIONS),
        putIntoBucket(server.askedAs(RAM_USER, style), USER_BUCKET, BODY_BYTES, CONNECTIONS),
      ];
      for (const turn of turns) await bench.load.send(turn, seconds);
      for (let pair = 0; pair < rounds * PAIRS_A_ROUND; pair++) {
        bench.say(`pair ${pair + 1} of ${rounds * PAIRS_A_ROUND}`);
        for (const turn of pair % 2 === 0 ? turns : turns.toReversed()) {
          await bench.measure(PERMISSIONS_TABLE, PERMISSIONS_CELL, pair, turn);
        }
      }
    } finally {
      await lineup.stop();
    }
  },
};

/** OpenOSS with its listener for RAM, asked by the account. */
const openossWithRam = {
  name: ACCOUNT,
  title: 'OpenOSS, the account',
  about: 'signed by the root access key, in a bucket without a policy',
  version: openossVersion,
  rpcEndpoint: '',

  async start(/** @type {string} */ directory) {
    const { server, rpcEndpoint } = await startServe(directory, ACCOUNT, {
      flags: ['--rpc-listen', '127.0.0.1:0'],
      env: { OPENOSS_DIRECTORY_KEY: randomBytes(32).toString('base64') },
    });
    openossWithRam.rpcEndpoint = rpcEndpoint ?? '';
    return server;
  },
};
