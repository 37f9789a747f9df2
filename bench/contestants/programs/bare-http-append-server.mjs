/** Appends each body to one file and flushes it, each request for itself; no index, no hashes. */
import { fdatasync, openSync, write } from 'node:fs';
import { createServer } from 'node:http';
import { announce } from './announce.mjs';

const [file = ''] = process.argv.slice(2);
const log = openSync(file, 'a');

announce(
  createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    /** @param {Error | null} error */
    const failed = (error) => {
      if (error === null) return false;
      response.statusCode = 500;
      response.end();
      return true;
    };
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const [first = Buffer.alloc(0)] = chunks;
      const body = chunks.length === 1 ? first : Buffer.concat(chunks);
      write(log, body, (error, written) => {
        if (failed(error ?? (written === body.length ? null : new Error('short write')))) return;
        fdatasync(log, (syncError) => {
          if (!failed(syncError)) response.end();
        });
      });
    });
  }),
);
