import type { Duplex } from 'node:stream';

/**
 * A frame: the length of what follows (4 bytes), its kind (1 byte), the number of the request that it
 * asks or answers (4 bytes), and a payload. Numbers are little-endian.
 */
export const FRAME_HEAD_BYTES = 9;

/** No frame is longer: the longest carries one small body and a few keys, or a document of JSON. */
const LONGEST_FRAME = 64 * 1024 * 1024;

const SLAB_BYTES = 128 * 1024;

/** What stands in a frame. */
export interface Frame {
  readonly kind: number;
  readonly request: number;
  /** A view that stays as it is: the bytes of a socket's read are nobody else's. */
  readonly payload: Buffer;
}

/**
 * Frames over a stream, both ways. What is sent in one turn of the event loop is written at once, so
 * that under load one call of the system carries many.
 */
export class FrameStream {
  readonly #stream: Duplex;
  #slab: Buffer = Buffer.alloc(0);
  #written = 0;
  #filled = 0;
  #isDue = false;
  #rest: Buffer = Buffer.alloc(0);

  /** `onEnd` is called once, when the other side is no more; nothing arrives after that. */
  constructor(stream: Duplex, onFrame: (frame: Frame) => void, onEnd: () => void) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => this.#receive(chunk, onFrame));
    // An error is followed by `close`, and says no more than that.
    stream.on('error', () => {});
    stream.once('close', onEnd);
    stream.once('end', () => stream.destroy());
  }

  /** Takes a frame of `bytes` bytes of payload, which `fill` writes from an offset on. */
  send(
    kind: number,
    request: number,
    bytes: number,
    fill?: (target: Buffer, offset: number) => void,
  ): void {
    const length = FRAME_HEAD_BYTES + bytes;
    if (length > this.#slab.length - this.#filled) {
      this.#flush();
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, length));
      this.#written = 0;
      this.#filled = 0;
    }
    const at = this.#filled;
    this.#slab.writeUInt32LE(length - 4, at);
    this.#slab[at + 4] = kind;
    this.#slab.writeUInt32LE(request, at + 5);
    fill?.(this.#slab, at + FRAME_HEAD_BYTES);
    this.#filled += length;
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#flush();
    });
  }

  /** Takes a frame whose payload is text. */
  sendText(kind: number, request: number, text: string): void {
    const bytes = Buffer.from(text);
    this.send(kind, request, bytes.length, (target, offset) => bytes.copy(target, offset));
  }

  /** Ends both directions; what was sent may be lost. */
  destroy(): void {
    this.#stream.destroy();
  }

  #flush(): void {
    if (this.#written === this.#filled || this.#stream.destroyed) return;
    // What was handed over stays untouched: the slab is only ever filled further.
    this.#stream.write(this.#slab.subarray(this.#written, this.#filled));
    this.#written = this.#filled;
  }

  #receive(chunk: Buffer, onFrame: (frame: Frame) => void): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (bytes.length >= FRAME_HEAD_BYTES) {
      const end = 4 + bytes.readUInt32LE(0);
      if (end < FRAME_HEAD_BYTES || end > LONGEST_FRAME) {
        this.#stream.destroy(new Error(`A frame cannot have ${end} bytes`));
        return;
      }
      if (bytes.length < end) break;
      onFrame({
        kind: bytes[4] ?? 0,
        request: bytes.readUInt32LE(5),
        payload: bytes.subarray(FRAME_HEAD_BYTES, end),
      });
      bytes = bytes.subarray(end);
    }
    this.#rest = bytes;
  }
}
