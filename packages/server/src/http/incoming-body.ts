import { setImmediate as nextTurn } from 'node:timers/promises';
import { OssError, SpentChunks } from '@openoss/protocol';
import type { Exchange } from './exchange.js';

/** A request's body, not read yet. */
export interface IncomingBody {
  /** The Content-Length; undefined for a chunked body. */
  readonly size: number | undefined;
  /** Reads a body of at most `limit` bytes whole; `tooLarge` is thrown for a longer one. */
  whole(limit: number, tooLarge: () => Error): Promise<Buffer>;
  /** The bytes as they come; nothing is read, and no client told to send, before the first is asked for. */
  stream(): AsyncIterable<Buffer>;
  /** A short body whole, for that is cheapest; any other, and one that the client holds back, as a stream. */
  wholeIfShort(): Promise<Buffer> | AsyncIterable<Buffer>;
}

/** How a body is read. */
export interface BodyOptions {
  /** Milliseconds without a byte after which the request is given up with `RequestTimeout`. */
  readonly idleTimeout: number;
}

/**
 * The length that the headers give the body, by the rules of PutObject (oss-protocol.md, 1.2):
 * Content-Length or chunked; neither is `MissingContentLength`.
 */
export function declaredSize(exchange: Exchange): number | undefined {
  const length = exchange.headers.get('content-length');
  if (length !== undefined) {
    if (!/^\d+$/.test(length)) {
      throw new OssError('ContentLengthNotInteger', {
        details: { ArgumentName: 'Content-Length', ArgumentValue: length },
      });
    }
    return Number(length);
  }
  const encoding = exchange.headers.get('transfer-encoding');
  if (encoding !== undefined) {
    // What is compressed on the way would be stored compressed, unknown to all who read it.
    if (encoding.toLowerCase() !== 'chunked') {
      throw new OssError('HeaderNotImplemented', { details: { Header: 'Transfer-Encoding' } });
    }
    return undefined;
  }
  throw new OssError('MissingContentLength');
}

/** Up to so many bytes a body is read before it is handed on: it has mostly come with its headers. */
const SHORT_BODY = 64 * 1024;

/** Whether a request has a body at all. */
export function hasBody(exchange: Exchange): boolean {
  const length = exchange.headers.get('content-length');
  return (length !== undefined && length !== '0') || exchange.headers.has('transfer-encoding');
}

/** The body of a request. A client that waits to be told (`Expect: 100-continue`) is told when it is read. */
export function incomingBody(
  exchange: Exchange,
  size: number | undefined,
  options: BodyOptions,
): IncomingBody {
  return {
    size,
    async whole(limit, tooLarge) {
      if (size !== undefined && size > limit) throw tooLarge();
      take(exchange);
      return size === 0
        ? Buffer.alloc(0)
        : readWhole(exchange, limit, tooLarge, options.idleTimeout);
    },
    stream() {
      return readStream(exchange, options.idleTimeout);
    },
    wholeIfShort() {
      if (size !== undefined && size <= SHORT_BODY && exchange.expects === undefined) {
        return this.whole(SHORT_BODY, () => new OssError('EntityTooLarge'));
      }
      return this.stream();
    },
  };
}

function take(exchange: Exchange): void {
  if (exchange.expects === 'continue') {
    exchange.expects = undefined;
    exchange.response.writeContinue();
  }
}

/** What became of a body before anybody came to read it: its events are over and will not be heard. */
function earlierFailure({ request, bodyFault }: Exchange): OssError | undefined {
  if (bodyFault !== undefined) return bodyFault;
  return request.destroyed && !request.readableEnded ? cutShort(undefined) : undefined;
}

/** What all bodies of this process have left behind. */
const spent = new SpentChunks();
let received = 0;

function spend(exchange: Exchange, chunk: Buffer): void {
  exchange.bytesIn += chunk.length;
  received += chunk.length;
  spent.transferred(received);
}

function readWhole(
  exchange: Exchange,
  limit: number,
  tooLarge: () => Error,
  idleTimeout: number,
): Promise<Buffer> {
  const { request } = exchange;
  return new Promise((resolve, reject) => {
    const failed = earlierFailure(exchange);
    if (failed !== undefined) {
      reject(failed);
      return;
    }
    let chunks: Buffer[] | undefined;
    let first: Buffer | undefined;
    let length = 0;
    let timer: NodeJS.Timeout | undefined;
    let isSettled = false;
    const settle = (act: () => void) => {
      isSettled = true;
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
      act();
    };
    const fail = (error: Error) => {
      settle(() => {
        request.pause();
        reject(error);
      });
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        fail(tooLarge());
        return;
      }
      if (first === undefined) first = chunk;
      else {
        chunks ??= [first];
        chunks.push(chunk);
      }
      timer?.refresh();
      spend(exchange, chunk);
    };
    const onEnd = () => {
      settle(() =>
        resolve(chunks === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(chunks, length)),
      );
    };
    const onError = (error: Error) => fail(cutShort(error));
    const onClose = () => fail(cutShort(undefined));
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
    // A small body has mostly come with its headers: no timer is armed for one that is all there.
    setImmediate(() => {
      if (!isSettled && !request.complete && !request.destroyed) {
        timer = setTimeout(() => fail(new OssError('RequestTimeout')), idleTimeout);
      }
    });
  });
}

/** So many bytes of one body are taken in one turn of the event loop: Node would read 2 MiB, for 2 ms. */
const MOST_IN_A_TURN = 256 * 1024;

async function* readStream(exchange: Exchange, idleTimeout: number): AsyncGenerator<Buffer> {
  take(exchange);
  const { request } = exchange;
  let timedOut = false;
  let wake: (() => void) | undefined;
  let failure: Error | undefined = earlierFailure(exchange);
  let ended = false;
  let inTurn = 0;
  const wakeUp = () => {
    wake?.();
    wake = undefined;
  };
  const timer = setTimeout(() => {
    timedOut = true;
    wakeUp();
  }, idleTimeout);
  const onReadable = () => wakeUp();
  const onEnd = () => {
    ended = true;
    wakeUp();
  };
  const onError = (error: Error) => {
    failure = cutShort(error);
    wakeUp();
  };
  const onClose = () => {
    if (!ended) failure ??= cutShort(undefined);
    wakeUp();
  };
  request.on('readable', onReadable).on('end', onEnd).on('error', onError).on('close', onClose);
  try {
    for (;;) {
      if (failure !== undefined) throw failure;
      const chunk: Buffer | null = request.read();
      if (chunk !== null) {
        yield chunk;
        // Time that the consumer takes is not the client's.
        timer.refresh();
        timedOut = false;
        spend(exchange, chunk);
        inTurn += chunk.length;
        if (inTurn < MOST_IN_A_TURN) continue;
        inTurn = 0;
        await nextTurn();
        continue;
      }
      if (ended) return;
      if (timedOut) throw new OssError('RequestTimeout');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    clearTimeout(timer);
    request
      .off('readable', onReadable)
      .off('end', onEnd)
      .off('error', onError)
      .off('close', onClose);
    // Whoever drains what is left must not be left with an unheard error.
    request.on('error', () => {});
  }
}

/** A body that ended before its declared length: nothing of it is kept. */
function cutShort(cause: Error | undefined): OssError {
  return cause instanceof OssError
    ? cause
    : new OssError('IncompleteBody', cause === undefined ? {} : { cause });
}
