import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { putBucket } from '../load/send-one.mjs';
import { freePort } from '../processes/free-port.mjs';
import { Launched } from '../processes/launch.mjs';
import { runCommand } from '../processes/run-command.mjs';
import { installedVersion } from './installed.mjs';
import { HOST, RunningServer } from './running-server.mjs';

/** A file of this size, of which only what is written takes room. */
const DISK_BYTES = 40 * 1024 ** 3;
const REGION = 'default';
const ACCESS_KEY_ID = 'BENCHKEY';
const ACCESS_KEY_SECRET = 'benchsecret';

/**
 * Ceph's object gateway on the smallest cluster there is: one monitor, one OSD (bluestore in a file),
 * one copy of everything. Less than anybody runs, and the fairest to Ceph: like OpenOSS here it keeps
 * each object once, on one disk.
 *
 * @type {import('./running-server.mjs').Contestant}
 */
export const radosgw = {
  name: 'radosgw',
  title: 'Ceph RGW',
  about: 'signed (Amazon V4), durable; one monitor, one OSD (bluestore), one copy',
  install: 'run bench/install-peers.sh',
  version() {
    if (installedVersion('ceph-osd', ['--version'], /version/) === undefined) return undefined;
    return installedVersion('radosgw', ['--version'], /ceph version ([\d.]+)/);
  },

  async start(directory) {
    const monitorPort = await freePort();
    const port = await freePort();
    const configuration = path.join(directory, 'ceph.conf');
    const fsid = randomUUID();
    for (const name of ['run', 'mon', 'osd', 'rgw']) await mkdir(path.join(directory, name));
    await writeFile(configuration, configurationOf({ directory, fsid, monitorPort, port }));

    /** @param {string} program @param {string[]} args */
    const run = (program, ...args) => runCommand([program, '-c', configuration, ...args]);
    /** @param {string} name @param {string} program @param {string[]} args */
    const launch = (name, program, ...args) =>
      new Launched([program, '-c', configuration, '-f', ...args], {
        logFile: path.join(directory, `${name}.log`),
      });

    // The monitor takes every key of the file over when it is made.
    const keyring = path.join(directory, 'keyring');
    const users = ['mon.', 'client.admin', 'client.rgw', 'osd.0'];
    for (const [index, user] of users.entries()) {
      const create = index === 0 ? ['--create-keyring'] : [];
      const allowed = ['mon', 'osd', 'mgr'].flatMap((service) => ['--cap', service, 'allow *']);
      await runCommand(['ceph-authtool', keyring, ...create, '--gen-key', '-n', user, ...allowed]);
    }
    const map = path.join(directory, 'monmap');
    const address = `[v2:${HOST}:${monitorPort}]`;
    await runCommand(['monmaptool', '--create', '--fsid', fsid, '--addv', 'a', address, map]);
    await run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring);
    const monitor = launch('mon', 'ceph-mon', '-i', 'a');

    const started = [monitor];
    try {
      const osdId = randomUUID();
      await run('ceph', '--connect-timeout', '30', 'osd', 'new', osdId, '0');
      await run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osdId);
      started.unshift(launch('osd', 'ceph-osd', '-i', '0'));
      const gateway = launch('rgw', 'radosgw', '-n', 'client.rgw');
      started.unshift(gateway);
      await gateway.until(() => answers(port));
      await run(
        'radosgw-admin',
        ...['user', 'create', '--uid', 'bench', '--display-name', 'bench'],
        ...['--access-key', ACCESS_KEY_ID, '--secret-key', ACCESS_KEY_SECRET],
      );
    } catch (error) {
      for (const launched of started) launched.kill();
      throw error;
    }
    return new RunningServer({
      name: 'radosgw',
      command: 'radosgw -c $DIR/ceph.conf -f -n client.rgw',
      port,
      style: {
        kind: 'aws-v4',
        region: REGION,
        accessKeyId: ACCESS_KEY_ID,
        accessKeySecret: ACCESS_KEY_SECRET,
      },
      // The gateway's own end needs the OSD, whose end needs the monitor.
      launched: started,
      createBucket: putBucket,
    });
  },
};

/** @param {{ directory: string, fsid: string, monitorPort: number, port: number }} options */
function configurationOf({ directory, fsid, monitorPort, port }) {
  return `[global]
fsid = ${fsid}
mon_host = [v2:${HOST}:${monitorPort}]
mon_initial_members = a
public_addr = ${HOST}
cluster_addr = ${HOST}
keyring = ${directory}/keyring
auth_allow_insecure_global_id_reclaim = false
run_dir = ${directory}/run
admin_socket = ${directory}/run/$name.asok
crash_dir = ${directory}/run
log_file = /dev/null
mon_cluster_log_file = /dev/null
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
[mon]
mon_data = ${directory}/mon
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
[osd]
osd_data = ${directory}/osd
osd_objectstore = bluestore
bluestore_block_size = ${DISK_BYTES}
[client.rgw]
rgw_data = ${directory}/rgw
rgw_frontends = beast endpoint=${HOST}:${port}
rgw_enable_usage_log = false
`;
}

/** @param {number} port @returns {Promise<true | undefined>} */
async function answers(port) {
  try {
    await (await fetch(`http://${HOST}:${port}/`)).arrayBuffer();
    return true;
  } catch {
    return undefined;
  }
}
