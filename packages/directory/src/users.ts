import { count } from './entity-counts.js';
import { entryKeys, type UserEntry, userNames } from './entries.js';
import type { EntryReader, Ledger } from './ledger.js';
import { type Page, type PageRequest, pageOf } from './page.js';
import {
  checkComments,
  checkDisplayName,
  checkEmail,
  checkMobilePhone,
  checkUserName,
} from './parameter-rules.js';
import { RamError } from './ram-error.js';
import { randomDigits } from './random-text.js';

/** A RAM user as RAM shows it. Times are milliseconds since 1970. */
export interface User {
  /** 18 digits. */
  readonly userId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly comments: string;
  readonly email: string;
  readonly mobilePhone: string;
  readonly createDate: number;
  readonly updateDate: number;
}

/** What may be said of a user besides its name. */
export interface UserDetails {
  readonly displayName?: string | undefined;
  readonly comments?: string | undefined;
  readonly email?: string | undefined;
  readonly mobilePhone?: string | undefined;
}

/** The RAM users of one account. Everything throws RamError, and resolves when it is durable. */
export class Users {
  readonly #ledger: Ledger;
  readonly #account: string;
  readonly #now: () => number;

  constructor(ledger: Ledger, account: string, now: () => number) {
    this.#ledger = ledger;
    this.#account = account;
    this.#now = now;
  }

  async create(request: UserDetails & { readonly userName: string }): Promise<User> {
    const { userName: name, ...details } = request;
    checkUserName(name);
    checkDetails(details, '');
    const now = this.#now();
    return this.#ledger.change(async (draft) => {
      const nameKey = entryKeys.userId(this.#account, name);
      if ((await draft.read(nameKey)) !== undefined) throw RamError.of('UserExists');
      await count(draft, this.#account, 'users', 1);
      const id = `2${randomDigits(17)}`;
      const user: UserEntry = {
        id,
        name,
        ...given(details),
        created: now,
        updated: now,
        groups: [],
        accessKeys: [],
        policies: [],
      };
      draft.put(nameKey, id);
      draft.put(entryKeys.user(this.#account, id), user);
      return shown(user);
    });
  }

  async get(userName: string): Promise<User> {
    checkUserName(userName);
    return this.#ledger.view(async (entries) =>
      shown(await requireUser(entries, this.#account, userName)),
    );
  }

  /** Whether there is a user of this id. */
  async has(userId: string): Promise<boolean> {
    const user = await this.#ledger.view((entries) =>
      entries.read(entryKeys.user(this.#account, userId)),
    );
    return user !== undefined;
  }

  /** Changes what is given; an empty text takes it away. */
  async update(
    userName: string,
    request: UserDetails & { readonly userName?: string | undefined },
  ): Promise<User> {
    const { userName: newName = userName, ...details } = request;
    checkUserName(userName);
    checkUserName(newName, 'NewUserName');
    checkDetails(details, 'New');
    return this.#ledger.change(async (draft) => {
      const before = await requireUser(draft, this.#account, userName);
      const user = { ...before, ...given(details), name: newName, updated: this.#now() };
      if (newName !== userName) {
        const newKey = entryKeys.userId(this.#account, newName);
        if ((await draft.read(newKey)) !== undefined) throw RamError.of('UserExists');
        draft.delete(entryKeys.userId(this.#account, userName));
        draft.put(newKey, user.id);
      }
      draft.put(entryKeys.user(this.#account, user.id), user);
      return shown(user);
    });
  }

  /** Deletes a user that is in no group and has neither access keys nor policies. */
  async delete(userName: string): Promise<void> {
    checkUserName(userName);
    await this.#ledger.change(async (draft) => {
      const user = await requireUser(draft, this.#account, userName);
      if (user.groups.length > 0) throw RamError.of('UserInGroup');
      if (user.accessKeys.length > 0) throw RamError.of('UserHasAccessKey');
      if (user.policies.length > 0) throw RamError.of('UserHasPolicy');
      draft.delete(entryKeys.userId(this.#account, userName));
      draft.delete(entryKeys.user(this.#account, user.id));
      await count(draft, this.#account, 'users', -1);
    });
  }

  /** In the order of their names. */
  async list(request: PageRequest = {}): Promise<Page<User>> {
    return this.#ledger.view((entries) =>
      pageOf(entries.room, userNames(this.#account), request, async (name) =>
        shown(await requireUser(entries, this.#account, name)),
      ),
    );
  }
}

/** The entry of a user's name; throws RamError when there is none. */
export async function requireUser(
  entries: EntryReader,
  account: string,
  name: string,
): Promise<UserEntry> {
  const id = await entries.read(entryKeys.userId(account, name));
  const user = id === undefined ? undefined : await entries.read(entryKeys.user(account, id));
  if (user === undefined) throw RamError.of('UserMissing');
  return user;
}

function checkDetails(details: UserDetails, prefix: '' | 'New'): void {
  const { displayName, comments, email, mobilePhone } = details;
  if (displayName !== undefined) checkDisplayName(displayName, `${prefix}DisplayName`);
  if (comments !== undefined) checkComments(comments, `${prefix}Comments`);
  if (email !== undefined) checkEmail(email, `${prefix}Email`);
  if (mobilePhone !== undefined) checkMobilePhone(mobilePhone, `${prefix}MobilePhone`);
}

/** The details that were given, and none besides. */
function given({ displayName, comments, email, mobilePhone }: UserDetails): UserDetails {
  return {
    ...(displayName !== undefined && { displayName }),
    ...(comments !== undefined && { comments }),
    ...(email !== undefined && { email }),
    ...(mobilePhone !== undefined && { mobilePhone }),
  };
}

function shown(user: UserEntry): User {
  return {
    userId: user.id,
    userName: user.name,
    displayName: user.displayName ?? '',
    comments: user.comments ?? '',
    email: user.email ?? '',
    mobilePhone: user.mobilePhone ?? '',
    createDate: user.created,
    updateDate: user.updated,
  };
}
