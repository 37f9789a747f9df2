import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { type EmbeddedStore, type Snapshot, SnapshotRefused } from '@openoss/storage';
import type { Logger } from 'pino';
import type { AdminRoute } from '../admin-listener.js';
import type { BackupEvent } from './backup-event.js';

/** A line goes out at least this often, so that both sides notice when the other is gone. */
const SIGN_OF_LIFE_MS = 2000;

/**
 * `/backup` of the admin address.
 *
 * GET tells where the data directory is. POST with `handover`, the name of an empty directory
 * `backup-<32 hexadecimal digits>` that the client has made in the data directory, holds the state of
 * one moment for as long as the client stays connected: the metadata is copied into that directory,
 * and no blob is deleted. The answer is a line of JSON an event ({@link BackupEvent}).
 *
 * No credentials are asked for, and none are needed: the request names no path, the server writes
 * one file under a fixed name, and only into a directory that somebody who may write to the data
 * directory has made there under a name that nobody guesses; it sends no data. Whoever can do that
 * can do everything to the data anyway. A web page that makes a browser post here can not.
 */
export function backupRoute(store: EmbeddedStore, directory: string, log: Logger): AdminRoute {
  return (request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    switch (request.method) {
      case 'GET':
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.end(`${JSON.stringify({ directory: path.resolve(directory) })}\n`);
        return;
      case 'POST':
        hold(store, log, request, response).catch((error: unknown) => {
          log.error({ err: error }, 'a backup failed');
          response.destroy();
        });
        return;
      default:
        response.writeHead(405, { Allow: 'GET, POST', 'Content-Type': 'text/plain' });
        response.end('only GET and POST\n');
    }
  };
}

async function hold(
  store: EmbeddedStore,
  log: Logger,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const handover = new URLSearchParams(request.url?.split('?', 2)[1]).get('handover') ?? '';
  let isGone = false;
  const gone = new Promise<void>((resolve) => {
    response.once('close', () => {
      isGone = true;
      resolve();
    });
  });
  request.resume();
  response.on('error', () => {});
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  const say = (event: BackupEvent) => response.write(`${JSON.stringify(event)}\n`);
  say({ event: 'copying' });
  const life = setInterval(() => say({ event: 'alive' }), SIGN_OF_LIFE_MS);
  let snapshot: Snapshot | undefined;
  try {
    snapshot = await store.snapshot(handover);
    const { bytes, takenAt } = snapshot;
    if (!isGone) {
      log.info({ handover, bytes }, 'a backup begins: blobs are kept until it ends');
      say({ event: 'held', metadata: path.basename(snapshot.metadata), bytes, takenAt });
    }
    const reason = await Promise.race([gone, snapshot.ended.then(() => 'the server is stopping')]);
    if (reason !== undefined) say({ event: 'failed', reason });
  } catch (error) {
    // A disk that is full, say, is the one's to hear who asked, and the log's.
    if (!(error instanceof SnapshotRefused)) log.warn({ err: error }, 'a backup failed');
    say({ event: 'failed', reason: error instanceof Error ? error.message : String(error) });
  } finally {
    clearInterval(life);
    await snapshot?.release();
    response.end();
    if (snapshot !== undefined) log.info({ handover }, 'a backup ended');
  }
}
