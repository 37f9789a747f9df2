/**
 * Preloaded into the server under test: SIGUSR2 collects its garbage, so that what is still in use
 * can be told from what nobody has swept up yet.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => collect());
