import type { BodySource } from './body-source.js';
import { bytesSource } from './bytes-source.js';
import type { FileBody, ReplayableBody, RequestBody } from './request-body.js';
import { readStream } from './stream-reading.js';

/** Readies a body to be sent: sees what it is, and how long. Rejects with a `BodyError`. */
export async function readyBody(body: RequestBody): Promise<BodySource> {
  if (typeof body === 'string') return bytesSource(Buffer.from(body, 'utf8'));
  if (body instanceof Uint8Array) return bytesSource(body);
  if (isFileBody(body)) {
    const { fileSource } = await import('./file-source.js');
    return await fileSource(body.file);
  }
  if (isReplayable(body)) {
    return { size: body.size, replayable: true, open: async () => readStream(body.open()) };
  }
  return { size: undefined, replayable: false, open: async () => readStream(body) };
}

/** Whether a value, such as the payload of an encoded input, is a body that can be sent. */
export function isRequestBody(value: unknown): value is RequestBody {
  if (typeof value === 'string' || value instanceof Uint8Array) return true;
  if (typeof value !== 'object' || value === null) return false;
  return isFileBody(value) || isReplayable(value) || Symbol.asyncIterator in value;
}

function isFileBody(body: object): body is FileBody {
  return 'file' in body && typeof body.file === 'string';
}

function isReplayable(body: object): body is ReplayableBody {
  return 'open' in body && typeof body.open === 'function' && 'size' in body;
}
