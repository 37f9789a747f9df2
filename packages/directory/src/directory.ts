import { randomInt } from 'node:crypto';
import type { Principal } from '@openoss/access';
import type { RoomStore } from '@openoss/storage';
import type { RootCredentials } from './root-credentials.js';

/** An access key and whom it speaks for. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly principal: Principal;
}

/** The entry that keeps the account's UID, in ASCII. */
const ACCOUNT_ENTRY = 'account';

/**
 * The identities a server knows. For now that is one account, the owner of everything, with the
 * root access key; its UID is made when a data directory is first used and stays with it, whatever
 * keys the server is started with.
 */
export class Directory {
  /** The UID of the account: 16 digits. */
  readonly account: string;
  readonly #keys: ReadonlyMap<string, AccessKey>;

  private constructor(account: string, keys: ReadonlyMap<string, AccessKey>) {
    this.account = account;
    this.#keys = keys;
  }

  /** Opens the directory in a store; makes the account if the store is new. */
  static async open(room: RoomStore, root: RootCredentials): Promise<Directory> {
    const account = await ownAccount(room);
    const principal: Principal = { kind: 'account', account };
    const key: AccessKey = { id: root.accessKeyId, secret: root.accessKeySecret, principal };
    return new Directory(account, new Map([[key.id, key]]));
  }

  /** The access key of an id; undefined if there is none. */
  findAccessKey(id: string): AccessKey | undefined {
    return this.#keys.get(id);
  }
}

async function ownAccount(room: RoomStore): Promise<string> {
  const kept = await room.get(ACCOUNT_ENTRY);
  if (kept !== undefined) return kept.toString('ascii');
  // Alibaba Cloud UIDs are 16 digits that begin with 1.
  const account = `1${String(randomInt(10 ** 12)).padStart(12, '0')}${String(randomInt(1000)).padStart(3, '0')}`;
  const outcome = await room.commit(
    [{ absent: ACCOUNT_ENTRY }],
    [{ put: ACCOUNT_ENTRY, value: Buffer.from(account, 'ascii') }],
  );
  return outcome === 'committed' ? account : ownAccount(room);
}
