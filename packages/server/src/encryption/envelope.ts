import type { EncryptionContext, EncryptionMethod } from '@openoss/protocol';

/** What is kept with an encrypted object, so that its data key can be had again. */
export interface Envelope {
  readonly method: EncryptionMethod;
  /** The id of the master key that the data key is encrypted with. */
  readonly keyId: string;
  /** The data key as the key service has encrypted it, in its own form. */
  readonly encryptedKey: string;
  /** What whoever put the object had the data key bound to. */
  readonly context?: EncryptionContext | undefined;
}

/** The stored bytes are no envelope, or one of a newer version. */
export class BadEnvelope extends Error {
  constructor(reason: string) {
    super(`the envelope of an encrypted object cannot be read: ${reason}`);
    this.name = 'BadEnvelope';
  }
}

const FORMAT = 1;

/** Stored is a method's place in this list. */
const METHODS = ['AES256', 'SM4', 'KMS'] as const satisfies readonly EncryptionMethod[];

/** The stored form of an envelope (docs/encryption.md, "The envelope"). */
export function encodeEnvelope({ method, keyId, encryptedKey, context }: Envelope): Buffer {
  const head = Buffer.of(FORMAT, METHODS.indexOf(method));
  const texts = [keyId, encryptedKey, context === undefined ? '' : JSON.stringify(context)];
  return Buffer.concat([head, ...texts.map(sized)]);
}

function sized(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const buffer = Buffer.alloc(2 + bytes);
  // Throws a RangeError for a text that is too long; none of the three can be.
  buffer.writeUInt16BE(bytes);
  buffer.write(text, 2);
  return buffer;
}

/** The method and master key of an envelope: what is told of an object without its data key. */
export function decodeEnvelopeHead(stored: Buffer): Pick<Envelope, 'method' | 'keyId'> {
  const reader = new EnvelopeReader(stored);
  return { method: reader.method, keyId: reader.text() };
}

/** An envelope from its stored form; throws {@link BadEnvelope}. */
export function decodeEnvelope(stored: Buffer): Envelope {
  const reader = new EnvelopeReader(stored);
  const { method } = reader;
  const keyId = reader.text();
  const encryptedKey = reader.text();
  const context = reader.text();
  reader.end();
  return {
    method,
    keyId,
    encryptedKey,
    context: context === '' ? undefined : contextOf(context),
  };
}

function contextOf(json: string): EncryptionContext {
  try {
    return JSON.parse(json) as EncryptionContext;
  } catch {
    throw new BadEnvelope('its context is not JSON');
  }
}

class EnvelopeReader {
  readonly method: EncryptionMethod;
  readonly #stored: Buffer;
  #at = 2;

  constructor(stored: Buffer) {
    if (stored[0] !== FORMAT) {
      throw new BadEnvelope(`unknown format ${stored[0]} (this version knows ${FORMAT})`);
    }
    const method = METHODS[stored[1] ?? -1];
    if (method === undefined) throw new BadEnvelope(`unknown method ${stored[1]}`);
    this.#stored = stored;
    this.method = method;
  }

  text(): string {
    const start = this.#at + 2;
    const end = start <= this.#stored.length ? start + this.#stored.readUInt16BE(this.#at) : start;
    if (end > this.#stored.length) throw new BadEnvelope('it is too short');
    this.#at = end;
    return this.#stored.toString('utf8', start, end);
  }

  end(): void {
    if (this.#at !== this.#stored.length) throw new BadEnvelope('it is too long');
  }
}
