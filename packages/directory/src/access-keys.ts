import { type AccessKeyEntry, entryKeys, type LastUsedEntry } from './entries.js';
import type { Draft, EntryReader, Ledger } from './ledger.js';
import { checkUserName, LIMITS } from './parameter-rules.js';
import { RamError } from './ram-error.js';
import { generateCredentials } from './root-credentials.js';
import { accessKeyContext, type Secrets } from './secrets.js';
import { requireUser } from './users.js';

export type AccessKeyStatus = 'Active' | 'Inactive';

/** An access key as RAM lists it, without its secret. Times are milliseconds since 1970. */
export interface ListedAccessKey {
  readonly accessKeyId: string;
  readonly status: AccessKeyStatus;
  readonly createDate: number;
}

/** An access key as it is shown once, when it is made. */
export interface CreatedAccessKey extends ListedAccessKey {
  readonly accessKeySecret: string;
}

/** When a key was last used; written down at most once an hour. */
export interface AccessKeyLastUsed {
  readonly lastUsedDate: number;
  /** `Oss`, `Ram`, `Sts`. */
  readonly serviceName: string;
}

/** Whose keys: a user's, or without a name those of the account itself. */
export type KeyOwner = string | undefined;

/** Somebody who has access keys, as a change found them. */
interface Owner {
  readonly userId: string | undefined;
  readonly accessKeys: readonly string[];
  put(draft: Draft, accessKeys: readonly string[]): void;
}

/**
 * The access keys of one account and its users. Throws RamError, and resolves when it is durable:
 * a key that was deleted or made inactive is refused by every request that begins after that.
 */
export class AccessKeys {
  readonly #ledger: Ledger;
  readonly #account: string;
  readonly #now: () => number;
  readonly #secrets: Secrets;

  constructor(ledger: Ledger, account: string, now: () => number, secrets: Secrets) {
    this.#ledger = ledger;
    this.#account = account;
    this.#now = now;
    this.#secrets = secrets;
  }

  /** At most two for each owner. The secret is shown here and never again. */
  async create(owner: KeyOwner): Promise<CreatedAccessKey> {
    checkOwner(owner);
    const created = this.#now();
    return this.#ledger.change(async (draft) => {
      const found = await this.#owner(draft, owner);
      if (found.accessKeys.length >= LIMITS.accessKeys) throw RamError.of('TooManyAccessKeys');
      const { accessKeyId: id, accessKeySecret } = generateCredentials();
      const key: AccessKeyEntry = {
        account: this.#account,
        user: found.userId,
        secret: this.#secrets.seal(accessKeySecret, accessKeyContext(this.#account, id)),
        active: true,
        created,
      };
      draft.put(entryKeys.accessKey(id), key);
      found.put(draft, [...found.accessKeys, id]);
      return { ...listed(id, key), accessKeySecret };
    });
  }

  async setStatus(owner: KeyOwner, accessKeyId: string, status: AccessKeyStatus): Promise<void> {
    checkOwner(owner);
    if (status !== 'Active' && status !== 'Inactive') throw RamError.wrongValue('Status');
    await this.#ledger.change(async (draft) => {
      const key = await this.#require(draft, owner, accessKeyId);
      draft.put(entryKeys.accessKey(accessKeyId), { ...key, active: status === 'Active' });
    });
  }

  async delete(owner: KeyOwner, accessKeyId: string): Promise<void> {
    checkOwner(owner);
    await this.#ledger.change(async (draft) => {
      await this.#require(draft, owner, accessKeyId);
      const found = await this.#owner(draft, owner);
      found.put(
        draft,
        found.accessKeys.filter((id) => id !== accessKeyId),
      );
      draft.delete(entryKeys.accessKey(accessKeyId));
      draft.delete(entryKeys.lastUsed(accessKeyId));
    });
  }

  /** At most two, the older first. */
  async list(owner: KeyOwner): Promise<readonly ListedAccessKey[]> {
    checkOwner(owner);
    return this.#ledger.view(async (entries) => {
      const keys: ListedAccessKey[] = [];
      for (const id of (await this.#owner(entries, owner)).accessKeys) {
        const key = await entries.read(entryKeys.accessKey(id));
        if (key !== undefined) keys.push(listed(id, key));
      }
      return keys;
    });
  }

  /** Undefined for a key that was never used. */
  async lastUsed(owner: KeyOwner, accessKeyId: string): Promise<AccessKeyLastUsed | undefined> {
    checkOwner(owner);
    return this.#ledger.view(async (entries) => {
      await this.#require(entries, owner, accessKeyId);
      const used: LastUsedEntry | undefined = await entries.read(entryKeys.lastUsed(accessKeyId));
      return used && { lastUsedDate: used.at, serviceName: used.service };
    });
  }

  async #require(
    entries: EntryReader,
    owner: KeyOwner,
    accessKeyId: string,
  ): Promise<AccessKeyEntry> {
    const { accessKeys } = await this.#owner(entries, owner);
    const key = accessKeys.includes(accessKeyId)
      ? await entries.read(entryKeys.accessKey(accessKeyId))
      : undefined;
    if (key === undefined) throw RamError.of('AccessKeyMissing');
    return key;
  }

  async #owner(entries: EntryReader, owner: KeyOwner): Promise<Owner> {
    if (owner !== undefined) {
      const user = await requireUser(entries, this.#account, owner);
      const key = entryKeys.user(this.#account, user.id);
      return {
        userId: user.id,
        accessKeys: user.accessKeys,
        put: (draft, accessKeys) => draft.put(key, { ...user, accessKeys }),
      };
    }
    const key = entryKeys.account(this.#account);
    const account = await entries.read(key);
    // The first account has the root access key, which is none of these.
    if (account === undefined) throw RamError.of('AccountMissing');
    return {
      userId: undefined,
      accessKeys: account.accessKeys,
      put: (draft, accessKeys) => draft.put(key, { ...account, accessKeys }),
    };
  }
}

function checkOwner(owner: KeyOwner): void {
  if (owner !== undefined) checkUserName(owner);
}

function listed(accessKeyId: string, key: AccessKeyEntry): ListedAccessKey {
  return {
    accessKeyId,
    status: key.active ? 'Active' : 'Inactive',
    createDate: key.created,
  };
}
