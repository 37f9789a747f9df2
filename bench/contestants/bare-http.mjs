import { startProgram } from './start-program.mjs';

/** @type {import('./running-server.mjs').Contestant} */
export const bareHttp = {
  name: 'bare-http',
  title: 'bare node:http',
  about: 'reads the body and throws it away: the ceiling of one Node process',
  version: () => process.version,
  start: (directory) => startProgram('bare-http', 'bare-http-server.mjs', directory),
};
