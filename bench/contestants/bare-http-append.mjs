import path from 'node:path';
import { startProgram } from './start-program.mjs';

/** @type {import('./running-server.mjs').Contestant} */
export const bareHttpAppend = {
  name: 'bare-http-append',
  title: 'bare node:http + append',
  about: 'one append and one fdatasync a request; no signature, no hash, no index',
  version: () => process.version,
  start: (directory) =>
    startProgram('bare-http-append', 'bare-http-append-server.mjs', directory, [
      path.join(directory, 'log'),
    ]),
};
