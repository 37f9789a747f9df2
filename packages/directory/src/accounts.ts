import { countsOf } from './entity-counts.js';
import { ACCOUNTS, type AccountEntry, entryKeys } from './entries.js';
import type { Ledger } from './ledger.js';
import { type Page, type PageRequest, pageOf } from './page.js';
import { checkDisplayName } from './parameter-rules.js';
import { RamError } from './ram-error.js';
import { randomDigits } from './random-text.js';
import type { Secrets } from './secrets.js';

/** An account besides the first one. Times are milliseconds since 1970. */
export interface Account {
  /** The UID: 16 digits. */
  readonly account: string;
  readonly name: string;
  readonly createDate: number;
}

/** A new UID: 16 digits that begin with 1, as those of Alibaba Cloud do. */
export const newAccountUid = (): string => `1${randomDigits(15)}`;

/**
 * The accounts besides the one that a data directory was made with. RAM has no operations for them, the
 * service has its own; what happens between accounts is the matter of bucket policies, trust policies, ownership.
 */
export class Accounts {
  readonly #ledger: Ledger;
  readonly #now: () => number;
  readonly #secrets: Pick<Secrets, 'areSealed'>;

  constructor(ledger: Ledger, now: () => number, secrets: Pick<Secrets, 'areSealed'>) {
    this.#ledger = ledger;
    this.#now = now;
    this.#secrets = secrets;
  }

  /** Without the directory key there could be no access key of it, and nobody could use it. */
  async create(name: string): Promise<Account> {
    checkDisplayName(name, 'AccountName');
    if (!this.#secrets.areSealed) throw RamError.of('DirectoryKeyMissing');
    const created = this.#now();
    return this.#ledger.change(async (draft) => {
      const account = newAccountUid();
      const entry: AccountEntry = { account, name, created, accessKeys: [] };
      draft.put(entryKeys.account(account), entry);
      return shown(entry);
    });
  }

  async get(account: string): Promise<Account> {
    return this.#ledger.view(async (entries) => {
      const entry = await entries.read(entryKeys.account(account));
      if (entry === undefined) throw RamError.of('AccountMissing');
      return shown(entry);
    });
  }

  /** Deletes an account in which there is nothing. Its buckets are somebody else's to look after. */
  async delete(account: string): Promise<void> {
    await this.#ledger.change(async (draft) => {
      const entry = await draft.read(entryKeys.account(account));
      if (entry === undefined) throw RamError.of('AccountMissing');
      const { users, groups, roles, policies } = await countsOf(draft, account);
      if (entry.accessKeys.length + users + groups + roles + policies > 0) {
        throw RamError.of('AccountNotEmpty');
      }
      draft.delete(entryKeys.account(account));
      draft.delete(entryKeys.counts(account));
      draft.delete(entryKeys.accountSettings(account));
    });
  }

  /** In the order of their UIDs. */
  async list(request: PageRequest = {}): Promise<Page<Account>> {
    return this.#ledger.view((entries) =>
      pageOf(entries.room, ACCOUNTS, request, async (uid) => {
        const entry = await entries.read(entryKeys.account(uid));
        return entry && shown(entry);
      }),
    );
  }
}

function shown({ account, name, created }: AccountEntry): Account {
  return { account, name, createDate: created };
}
