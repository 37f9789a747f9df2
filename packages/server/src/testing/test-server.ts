import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Directory, generateCredentials } from '@openoss/directory';
import { Keyring } from '@openoss/kms';
import { type ObjectStore, openEmbeddedStore } from '@openoss/storage';
import { defaultLimits, type ServerLimits } from '../limits.js';
import { createLog } from '../log.js';
import { Metrics } from '../metrics.js';
import { OssServer } from '../oss-server.js';
import { defaultHostSuffixes } from '../settings.js';

/** A server on a store that a test can make misbehave, and what it says of itself. */
export interface TestServer {
  readonly server: OssServer;
  readonly port: number;
  readonly metrics: Metrics;
  /** The lines of its log, parsed. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  /** The access key's secret, which nobody must ever see. */
  readonly secret: string;
  readonly accessKeyId: string;
  /** Sends bytes on a connection of its own; resolves with all that came back when it has ended. */
  exchange(bytes: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts a server whose store has the bucket `examplebucket`, open to everybody, and does what the
 * embedded one does but for `overrides`, which may be made of it.
 */
export async function startTestServer(
  overrides: Partial<ObjectStore> | ((store: ObjectStore) => Partial<ObjectStore>) = {},
  limits: Partial<ServerLimits> = {},
): Promise<TestServer> {
  const directory = await mkdtemp(path.join(tmpdir(), 'openoss-server-'));
  const store = await openEmbeddedStore({ directory });
  const credentials = generateCredentials();
  const accounts = await Directory.open(store.room('directory'), credentials);
  await store.objects.createBucket({
    name: 'examplebucket',
    owner: accounts.account,
    storageClass: 'Standard',
    redundancy: 'LRS',
    acl: 'public-read-write',
  });
  const region = 'cn-hangzhou';
  const keyring = await Keyring.open(store.room('kms'), { region });
  const logged: Record<string, unknown>[] = [];
  const metrics = new Metrics({ ofProcess: false });
  const server = new OssServer({
    store: {
      ...delegating(store.objects),
      ...(typeof overrides === 'function' ? overrides(store.objects) : overrides),
    },
    directory: accounts,
    masterKeys: {
      keysOf: (account) => keyring.keysOf(account),
      ofService: keyring.keysOf('oss'),
      areElsewhere: false,
    },
    metrics,
    limits: { ...defaultLimits({ memory: 2 ** 32, descriptors: 2 ** 14 }), ...limits },
    settings: {
      region,
      hostSuffixes: defaultHostSuffixes(region),
      bodyIdleTimeout: limits.idleTimeout ?? 30_000,
      restoreDelay: 0,
      blocksPublicAccess: false,
      now: Date.now,
      log: createLog('debug', { write: (line) => logged.push(JSON.parse(line)) }),
    },
  });
  const { port } = await server.listen('127.0.0.1', 0);
  return {
    server,
    port,
    metrics,
    logged,
    secret: credentials.accessKeySecret,
    accessKeyId: credentials.accessKeyId,
    exchange: (bytes) => exchange(port, bytes),
    async close() {
      await server.close(0);
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function delegating(store: ObjectStore): ObjectStore {
  return {
    createBucket: (specification) => store.createBucket(specification),
    getBucket: (name) => store.getBucket(name),
    listBuckets: (request) => store.listBuckets(request),
    updateBucket: (name, change) => store.updateBucket(name, change),
    deleteBucket: (name) => store.deleteBucket(name),
    bucketStatistics: (name) => store.bucketStatistics(name),
    putObject: (request) => store.putObject(request),
    getObject: (bucket, key) => store.getObject(bucket, key),
    openObject: (...args) => store.openObject(...args),
    deleteObject: (bucket, key, admit) => store.deleteObject(bucket, key, admit),
    updateObject: (bucket, key, change) => store.updateObject(bucket, key, change),
    rewrapObject: (...args) => store.rewrapObject(...args),
    resealObject: (bucket, key, reseal) => store.resealObject(bucket, key, reseal),
    listObjects: (bucket, request) => store.listObjects(bucket, request),
    listKeys: (bucket, request) => store.listKeys(bucket, request),
  };
}

function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    const chunks: Buffer[] = [];
    socket.on('error', reject);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.write(bytes);
  });
}
