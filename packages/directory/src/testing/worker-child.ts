import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { openWorkerStore } from '@openoss/storage';
import { Directory, RamError } from '../index.js';
import { plainLanguage } from './plain-language.js';

// A worker: has the store of another process, and does what it is told in lines, answering each.
const [directory = '', session = '', key = ''] = process.argv.slice(2);

const store = await openWorkerStore({
  directory,
  session,
  primary: new Socket({ fd: 3, readable: true, writable: true }),
  clock: Date.now,
  log: { info() {}, warn() {}, error() {} },
  minFreeBytes: 256 * 1024,
  onFatal: () => process.exit(1),
  onPrimaryLost: () => process.exit(0),
});
const identities = await Directory.open(
  store.room('directory'),
  { accessKeyId: 'root', accessKeySecret: 'secret' },
  { key: { bytes: Buffer.from(key, 'base64'), source: 'the test' } },
);
const { users, groups, accessKeys } = identities.identities(plainLanguage).ram(identities.account);

const commands: Readonly<Record<string, (one: string, other: string) => Promise<unknown>>> = {
  find: async (id) => ((await identities.findAccessKey(id)) === undefined ? 'missing' : 'found'),
  /** Makes users and puts them into a group, all at once. */
  join: async (group, count) => {
    const names = Array.from({ length: Number(count) }, (_, at) => `worker-${process.pid}-${at}`);
    await Promise.all(
      names.map(async (userName) => {
        await users.create({ userName });
        await groups.addUser(group, userName);
      }),
    );
    return 'joined';
  },
  makeKey: async (userName) => {
    const { accessKeyId, accessKeySecret } = await accessKeys.create(userName);
    return `${accessKeyId} ${accessKeySecret}`;
  },
  deleteKey: async (userName, id) => {
    await accessKeys.delete(userName, id);
    return 'deleted';
  },
};

process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const [command = '', one = '', other = ''] = line.split(' ');
  try {
    process.stdout.write(`${await commands[command]?.(one, other)}\n`);
  } catch (error) {
    if (!(error instanceof RamError)) throw error;
    process.stdout.write(`${error.code}\n`);
  }
}
await store.close();
