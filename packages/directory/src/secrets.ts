import type { RoomStore } from '@openoss/storage';
import { type DirectoryKey, DirectoryKeyError } from './directory-key.js';
import { KEY_CHECK } from './entries.js';
import { RamError } from './ram-error.js';
import { Sealer, Unsealable } from './sealer.js';

const CHECK_CONTEXT = 'key check';
const CHECK_TEXT = 'openoss directory';

/** Seals the secrets at rest, if there is a directory key to do it with. */
export class Secrets {
  readonly #sealer: Sealer | undefined;
  readonly #key: DirectoryKey | undefined;

  private constructor(key: DirectoryKey | undefined) {
    this.#key = key;
    this.#sealer = key === undefined ? undefined : new Sealer(key.bytes, 'secrets');
  }

  /**
   * Throws DirectoryKeyError when the room's secrets are sealed with another key, or there is none.
   * The first key that is used with a room is the room's from then on.
   */
  static async open(room: RoomStore, key: DirectoryKey | undefined): Promise<Secrets> {
    const secrets = new Secrets(key);
    for (;;) {
      const kept = await room.get(KEY_CHECK);
      if (kept !== undefined) {
        secrets.#check(kept);
        return secrets;
      }
      if (secrets.#sealer === undefined) return secrets;
      const value = secrets.#sealer.seal(CHECK_TEXT, CHECK_CONTEXT);
      await room.commit([{ absent: KEY_CHECK }], [{ put: KEY_CHECK, value }]);
    }
  }

  /** The directory key; throws RamError when there is none. */
  get directoryKey(): Buffer {
    if (this.#key === undefined) throw RamError.of('DirectoryKeyMissing');
    return this.#key.bytes;
  }

  get areSealed(): boolean {
    return this.#sealer !== undefined;
  }

  /** The sealed secret in base 64; throws RamError when there is no directory key. */
  seal(secret: string, context: string): string {
    if (this.#sealer === undefined) throw RamError.of('DirectoryKeyMissing');
    return this.#sealer.seal(secret, context).toString('base64');
  }

  open(sealed: string, context: string): string {
    if (this.#sealer === undefined) throw RamError.of('DirectoryKeyMissing');
    return this.#sealer.open(Buffer.from(sealed, 'base64'), context).toString();
  }

  #check(kept: Buffer): void {
    if (this.#sealer === undefined || this.#key === undefined) {
      throw new DirectoryKeyError(
        'The access keys of this data directory are sealed with a directory key, and there is none. Set OPENOSS_DIRECTORY_KEY, or OPENOSS_DIRECTORY_KEY_FILE, to the one it was first started with.',
      );
    }
    try {
      this.#sealer.open(kept, CHECK_CONTEXT);
    } catch (error) {
      if (!(error instanceof Unsealable)) throw error;
      throw new DirectoryKeyError(
        `The directory key of ${this.#key.source} is not the one that the access keys of this data directory are sealed with. Nothing was changed; start with the key it was first started with.`,
      );
    }
  }
}

/** What an access key's secret is bound to, so that it is worth nothing under another key's id. */
export const accessKeyContext = (account: string, id: string): string =>
  `access key ${account} ${id}`;
