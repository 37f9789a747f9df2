import { hkdfSync, randomBytes, scrypt } from 'node:crypto';
import { decodeEntry, encodeEntry, type RoomStore } from '@openoss/storage';
import { decryptAesGcm, encryptAesGcm, NONCE_BYTES } from '../aes-gcm.js';
import { KmsSetupError } from '../kms-setup-error.js';
import { entryKeys, type RootEntry, type ScryptParameters } from './entries.js';
import { ROOT_KEY_BYTES, type RootSecret } from './root-key.js';

const FORMAT = 1;
const INFO = 'openoss kms master keys';
const CHECK_CONTEXT = 'root key check';
const CHECK_TEXT = Buffer.from('openoss kms');

/** 128 MiB and some tenths of a second for a guess (OWASP's first choice of parameters for scrypt). */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1 };
const SALT_BYTES = 16;

/**
 * Seals master keys at rest: AES-256-GCM under a key that HKDF-SHA-256 makes of the root key, with a fresh random
 * nonce each time, bound to its place. Format, nonce, ciphertext, tag, in base 64.
 */
export class RootSeal {
  readonly #key: Buffer;

  private constructor(rootKey: Uint8Array) {
    this.#key = Buffer.from(hkdfSync('sha256', rootKey, '', INFO, 32));
  }

  /**
   * The seal of a room's root key. The first root key or passphrase that is used with a room is the room's from
   * then on: throws KmsSetupError for any other.
   */
  static async open(room: RoomStore, secret: RootSecret): Promise<RootSeal> {
    for (;;) {
      const stored = await room.get(entryKeys.root);
      if (stored !== undefined) {
        const entry = decodeEntry('kms', entryKeys.root, stored);
        const seal = new RootSeal(await rootKeyOf(secret, entry.scrypt));
        if (seal.open(entry.check, CHECK_CONTEXT) === undefined) throw wrongSecret(secret, entry);
        return seal;
      }
      const parameters = 'passphrase' in secret ? freshParameters() : undefined;
      const seal = new RootSeal(await rootKeyOf(secret, parameters));
      const check = seal.seal(CHECK_TEXT, CHECK_CONTEXT);
      const entry: RootEntry = { check, scrypt: parameters };
      await room.commit(
        [{ absent: entryKeys.root }],
        [{ put: entryKeys.root, value: encodeEntry(entry) }],
      );
    }
  }

  seal(plain: Uint8Array, context: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const additional = Buffer.from(context);
    const sealed = encryptAesGcm({ key: this.#key, nonce, additional }, plain);
    return Buffer.concat([Buffer.of(FORMAT), nonce, sealed]).toString('base64');
  }

  /** What was sealed in this context; undefined for anything else. */
  open(sealed: string, context: string): Buffer | undefined {
    const bytes = Buffer.from(sealed, 'base64');
    if (bytes[0] !== FORMAT || bytes.length < 1 + NONCE_BYTES) return undefined;
    const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
    const additional = Buffer.from(context);
    return decryptAesGcm({ key: this.#key, nonce, additional }, bytes.subarray(1 + NONCE_BYTES));
  }

  /** Forgets the key; nothing can be sealed or opened any more. */
  wipe(): void {
    this.#key.fill(0);
  }
}

const freshParameters = (): ScryptParameters => ({
  salt: randomBytes(SALT_BYTES).toString('base64'),
  ...SCRYPT,
});

async function rootKeyOf(
  secret: RootSecret,
  parameters: ScryptParameters | undefined,
): Promise<Buffer> {
  if ('key' in secret) return secret.key;
  // A passphrase where there was a key: whatever it comes to is not that.
  if (parameters === undefined) return randomBytes(ROOT_KEY_BYTES);
  const { salt, N, r, p } = parameters;
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 2 * 128 * N * r };
    scrypt(secret.passphrase, Buffer.from(salt, 'base64'), ROOT_KEY_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

function wrongSecret(secret: RootSecret, { scrypt: parameters }: RootEntry): KmsSetupError {
  const kind = 'key' in secret ? 'root key' : 'passphrase';
  const kept = parameters === undefined ? 'root key' : 'passphrase';
  const advice =
    kind === kept ? `start with the ${kept} it was first started with` : `start with that`;
  return new KmsSetupError(
    `The master keys of this data directory are sealed with ${kind === kept ? `another ${kept} than` : `a ${kept}, not`} the ${kind} of ${secret.source}. Nothing was changed; ${advice}, or with none, which leaves them locked.`,
  );
}
