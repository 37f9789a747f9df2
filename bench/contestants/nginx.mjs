import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { freePort } from '../processes/free-port.mjs';
import { Launched } from '../processes/launch.mjs';
import { installedVersion } from './installed.mjs';
import { HOST, RunningServer } from './running-server.mjs';
import { shownCommand } from './shown-command.mjs';
import { IGNORED_SIGNATURE } from './start-program.mjs';

/**
 * Debian's nginx with its WebDAV module, set up to be fast: no logs, sendfile, connections kept for good.
 *
 * @type {import('./running-server.mjs').Contestant}
 */
export const nginx = {
  name: 'nginx',
  title: 'nginx',
  about: 'PUT by its WebDAV module and GET of static files; no signature, no checksum, no flush',
  install: 'run bench/install-peers.sh',
  version: () => installedVersion('nginx', ['-v'], /nginx\/([\d.]+)/),

  async start(directory) {
    const port = await freePort();
    const root = path.join(directory, 'root');
    await mkdir(root);
    const configuration = path.join(directory, 'nginx.conf');
    await writeFile(configuration, configurationOf(directory, root, port));
    const command = /** @type {const} */ (['nginx', '-c', configuration, '-p', directory]);
    const launched = new Launched(command, { logFile: path.join(directory, 'nginx.log') });
    await launched.until(() => answers(port));
    return new RunningServer({
      name: 'nginx',
      command: shownCommand(command, directory),
      port,
      style: IGNORED_SIGNATURE,
      launched: [launched],
      // 204 where there was a file already.
      putStatuses: [201, 204],
    });
  },
};

/**
 * @param {string} directory
 * @param {string} root
 * @param {number} port
 */
function configurationOf(directory, root, port) {
  const { uid, username } = userInfo();
  // As root, workers would be nobody, who may not write here.
  const user = uid === 0 ? `user ${username};` : '';
  return `${user}
daemon off;
worker_processes auto;
pid ${directory}/nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  # Bodies that fit stay in memory until they are written to their place.
  client_body_buffer_size 128k;
  client_body_temp_path ${directory}/incoming;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  server {
    listen ${HOST}:${port} backlog=1024;
    root ${root};
    dav_methods PUT;
    create_full_put_path on;
  }
}
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
