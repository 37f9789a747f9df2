import { hash } from 'node:crypto';
import { type Crc64Engine, OssError } from '@openoss/protocol';
import type { RunningDigests } from './body/body-digests.js';
import type { BodyThreads } from './body/body-threads.js';
import type { BlobWriter, BodyTap } from './engine/blob-engine.js';
import type { Awaitable } from './engine/metadata-engine.js';
import { SealedBody, type SealedBodyParts } from './sealing/sealed-body.js';

/** A body that was read to its end, with what follows from its bytes. */
export interface ReceivedBody {
  readonly size: number;
  /** Upper-case hexadecimal MD5. */
  readonly md5: string;
  /** CRC-64/XZ. */
  readonly crc64: bigint;
  /** The bytes, plain, when they are few, or the blob they were written to, durable by now. */
  readonly content: Buffer | BlobWriter;
}

export interface ReceiveBodyOptions {
  /** The size the client declared, in bytes. */
  readonly size: number | undefined;
  readonly maxBytes: number;
  /** A body of up to so many bytes stays in memory. */
  readonly inlineLimit: number;
  readonly crc64: Crc64Engine;
  /** Reckons the digests of bodies that do not stay in memory. */
  readonly bodyThreads: BodyThreads;
  /** With them, what does not stay in memory is sealed. */
  readonly sealing?: SealedBodyParts | undefined;
  createBlob(expectedSize: number | undefined, tap?: BodyTap): Promise<BlobWriter>;
}

/**
 * Reads a body once, front to back: counts it, digests it, and writes it to a blob as soon as it is
 * too large for memory. Throws EntityTooLarge, IncompleteBody or whatever the body's source throws;
 * then nothing of it is left.
 */
export async function receiveBody(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  options: ReceiveBodyOptions,
): Promise<ReceivedBody> {
  const { size, maxBytes, inlineLimit, crc64 } = options;
  if (size !== undefined && size > maxBytes) throw new OssError('EntityTooLarge');
  if (body instanceof Uint8Array && body.length <= inlineLimit) {
    checkCount(body.length, maxBytes);
    checkSize(body.length, size);
    return digestWhole(Buffer.from(body.buffer, body.byteOffset, body.length), crc64);
  }
  const gathered: Uint8Array[] = [];
  let received = 0;
  let large: LargeBody | SealedBody | undefined;
  try {
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      received += chunk.length;
      checkCount(received, maxBytes);
      if (large !== undefined) {
        await large.write(chunk);
        continue;
      }
      gathered.push(chunk);
      if (received <= inlineLimit) continue;
      large =
        options.sealing === undefined
          ? await LargeBody.begin(options.bodyThreads.start(size), (tap) =>
              options.createBlob(size, tap),
            )
          : await SealedBody.begin(options.sealing, size, (sealedSize) =>
              options.createBlob(sealedSize),
            );
      for (const early of gathered.splice(0)) await large.write(early);
    }
    checkSize(received, size);
    if (large !== undefined) return await large.finish(received);
  } catch (error) {
    await large?.abort();
    throw error;
  }
  const [only] = gathered;
  return digestWhole(
    only !== undefined && gathered.length === 1
      ? Buffer.from(only.buffer, only.byteOffset, only.length)
      : Buffer.concat(gathered),
    crc64,
  );
}

function checkCount(received: number, maxBytes: number): void {
  if (received > maxBytes) throw new OssError('EntityTooLarge');
}

function checkSize(received: number, declared: number | undefined): void {
  if (declared !== undefined && received !== declared) throw new OssError('IncompleteBody');
}

/** One call a digest: for a small body the setting up of a running one costs more than its bytes. */
function digestWhole(bytes: Buffer, crc64: Crc64Engine): ReceivedBody {
  return {
    size: bytes.length,
    md5: hash('md5', bytes, 'hex').toUpperCase(),
    crc64: crc64.whole(bytes),
    content: bytes,
  };
}

/** A body on its way to a blob. */
class LargeBody {
  readonly #digests: RunningDigests;
  readonly #blob: BlobWriter;

  private constructor(digests: RunningDigests, blob: BlobWriter) {
    this.#digests = digests;
    this.#blob = blob;
  }

  static async begin(
    digests: RunningDigests,
    createBlob: (tap: BodyTap) => Promise<BlobWriter>,
  ): Promise<LargeBody> {
    try {
      return new LargeBody(digests, await createBlob((bytes) => digests.update(bytes)));
    } catch (error) {
      digests.abandon();
      throw error;
    }
  }

  write(chunk: Uint8Array): Awaitable<void> {
    return this.#blob.write(chunk);
  }

  async finish(size: number): Promise<ReceivedBody> {
    await this.#blob.finish();
    const { md5, crc64 } = await this.#digests.finish();
    return { size, md5, crc64, content: this.#blob };
  }

  abort(): Promise<void> {
    this.#digests.abandon();
    return this.#blob.abort();
  }
}
