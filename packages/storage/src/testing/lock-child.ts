import { lockDirectory } from '../engines/embedded/directory-lock.js';
import { silentLog } from '../log.js';

// Tries to lock the directory at the given moment, says how it went, and keeps what it got.
const [directory = '', startAt = '0'] = process.argv.slice(2);
while (Date.now() < Number(startAt)) await new Promise((resolve) => setImmediate(resolve));
try {
  await lockDirectory(directory, { log: silentLog, onLost: () => {} });
  process.stdout.write('locked\n');
  setInterval(() => {}, 1000);
} catch (error) {
  process.stdout.write(`${error instanceof Error ? `${error.name}: ${error.message}` : error}\n`);
}
