/** Streams each body into a file of its own and flushes it before the answer; no name is kept, no hash. */
import { close, fdatasync, open, writev } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { pipeline, Writable } from 'node:stream';
import { announce } from './announce.mjs';

/** What comes in while a write is under way is gathered, up to about this many bytes, for the next. */
const BUFFERED_BYTES = 1024 * 1024;

const [directory = ''] = process.argv.slice(2);
let count = 0;

/** A stream into an open file, which is finished when the file is flushed and closed. */
class FlushedFile extends Writable {
  #fd;

  /** @param {number} fd */
  constructor(fd) {
    super({ highWaterMark: BUFFERED_BYTES });
    this.#fd = fd;
  }

  /**
   * @param {readonly { chunk: Buffer }[]} chunks
   * @param {(error?: Error | null) => void} done
   * @override
   */
  _writev(chunks, done) {
    const buffers = chunks.map(({ chunk }) => chunk);
    const length = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    writev(this.#fd, buffers, (error, written) => {
      done(error ?? (written === length ? null : new Error('short write')));
    });
  }

  /**
   * @param {(error?: Error | null) => void} done
   * @override
   */
  _final(done) {
    fdatasync(this.#fd, (error) => {
      close(this.#fd, (closeError) => done(error ?? closeError));
    });
  }
}

announce(
  createServer((request, response) => {
    count += 1;
    open(path.join(directory, String(count)), 'w', (openError, fd) => {
      if (openError !== null) {
        response.writeHead(500).end();
        return;
      }
      pipeline(request, new FlushedFile(fd), (error) => {
        if (error) response.statusCode = 500;
        response.end();
      });
    });
  }),
);
