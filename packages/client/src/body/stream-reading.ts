import { Readable } from 'node:stream';
import { BodyError } from '../errors/body-error.js';
import type { BodyReading } from './body-source.js';

/** Reads what a stream or another iterable gives; text becomes UTF-8. */
export function readStream(stream: AsyncIterable<Uint8Array | string>): BodyReading {
  const iterator = stream[Symbol.asyncIterator]();
  return {
    async next() {
      try {
        const step = await iterator.next();
        if (step.done === true) return undefined;
        return typeof step.value === 'string' ? Buffer.from(step.value, 'utf8') : step.value;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new BodyError('unreadable', `the body cannot be read: ${reason}`, { cause: error });
      }
    },
    cancel() {
      // An iterator's return() waits for the next() before it, which on a quiet pipe is for ever.
      if (stream instanceof Readable) stream.destroy();
      else iterator.return?.().catch(() => {});
    },
  };
}
