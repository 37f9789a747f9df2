import { startProgram } from './start-program.mjs';

/** @type {import('./running-server.mjs').Contestant} */
export const bareHttpFile = {
  name: 'bare-http-file',
  title: 'bare node:http + file',
  about: 'streams the body into a file, fdatasync before 200; no signature, no hash',
  version: () => process.version,
  start: (directory) =>
    startProgram('bare-http-file', 'bare-http-file-server.mjs', directory, [directory]),
};
