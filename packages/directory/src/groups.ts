import { count } from './entity-counts.js';
import { entryKeys, type GroupEntry, groupNames, membersOf } from './entries.js';
import type { EntryReader, Ledger } from './ledger.js';
import { type Page, type PageRequest, pageOf } from './page.js';
import { checkComments, checkGroupName, checkUserName, LIMITS } from './parameter-rules.js';
import { RamError } from './ram-error.js';
import { randomText } from './random-text.js';
import { requireUser } from './users.js';

/** A user group as RAM shows it. Times are milliseconds since 1970. */
export interface Group {
  readonly groupId: string;
  readonly groupName: string;
  readonly comments: string;
  readonly createDate: number;
  readonly updateDate: number;
}

/** A member of a group. */
export interface GroupMember {
  readonly userName: string;
  readonly displayName: string;
  readonly joinDate: number;
}

/** A group of a user. */
export interface JoinedGroup {
  readonly groupName: string;
  readonly comments: string;
  readonly joinDate: number;
}

/** The user groups of one account. Everything throws RamError, and resolves when it is durable. */
export class Groups {
  readonly #ledger: Ledger;
  readonly #account: string;
  readonly #now: () => number;

  constructor(ledger: Ledger, account: string, now: () => number) {
    this.#ledger = ledger;
    this.#account = account;
    this.#now = now;
  }

  async create(request: {
    readonly groupName: string;
    readonly comments?: string | undefined;
  }): Promise<Group> {
    const { groupName: name, comments } = request;
    checkGroupName(name);
    if (comments !== undefined) checkComments(comments);
    const now = this.#now();
    return this.#ledger.change(async (draft) => {
      const nameKey = entryKeys.groupId(this.#account, name);
      if ((await draft.read(nameKey)) !== undefined) throw RamError.of('GroupExists');
      await count(draft, this.#account, 'groups', 1);
      const id = `g-${randomText(16)}`;
      const group = { id, name, comments, created: now, updated: now, members: 0, policies: [] };
      draft.put(nameKey, id);
      draft.put(entryKeys.group(this.#account, id), group);
      return shown(group);
    });
  }

  async get(groupName: string): Promise<Group> {
    checkGroupName(groupName);
    return this.#ledger.view(async (entries) =>
      shown(await requireGroup(entries, this.#account, groupName)),
    );
  }

  async update(
    groupName: string,
    request: { readonly groupName?: string | undefined; readonly comments?: string | undefined },
  ): Promise<Group> {
    const { groupName: newName = groupName, comments } = request;
    checkGroupName(groupName);
    checkGroupName(newName, 'NewGroupName');
    if (comments !== undefined) checkComments(comments, 'NewComments');
    return this.#ledger.change(async (draft) => {
      const before = await requireGroup(draft, this.#account, groupName);
      const group = {
        ...before,
        name: newName,
        comments: comments ?? before.comments,
        updated: this.#now(),
      };
      if (newName !== groupName) {
        const newKey = entryKeys.groupId(this.#account, newName);
        if ((await draft.read(newKey)) !== undefined) throw RamError.of('GroupExists');
        draft.delete(entryKeys.groupId(this.#account, groupName));
        draft.put(newKey, group.id);
      }
      draft.put(entryKeys.group(this.#account, group.id), group);
      return shown(group);
    });
  }

  /** Deletes a group without members and policies. */
  async delete(groupName: string): Promise<void> {
    checkGroupName(groupName);
    await this.#ledger.change(async (draft) => {
      const group = await requireGroup(draft, this.#account, groupName);
      if (group.members > 0) throw RamError.of('GroupHasUser');
      if (group.policies.length > 0) throw RamError.of('GroupHasPolicy');
      draft.delete(entryKeys.groupId(this.#account, groupName));
      draft.delete(entryKeys.group(this.#account, group.id));
      await count(draft, this.#account, 'groups', -1);
    });
  }

  /** In the order of their names. */
  async list(request: PageRequest = {}): Promise<Page<Group>> {
    return this.#ledger.view((entries) =>
      pageOf(entries.room, groupNames(this.#account), request, async (name) =>
        shown(await requireGroup(entries, this.#account, name)),
      ),
    );
  }

  async addUser(groupName: string, userName: string): Promise<void> {
    checkUserName(userName);
    checkGroupName(groupName);
    await this.#ledger.change(async (draft) => {
      const user = await requireUser(draft, this.#account, userName);
      const group = await requireGroup(draft, this.#account, groupName);
      if (user.groups.some(({ id }) => id === group.id)) throw RamError.of('UserGroupExists');
      if (user.groups.length >= LIMITS.groupsOfUser) throw RamError.of('TooManyGroupsOfUser');
      const joined = this.#now();
      draft.put(entryKeys.user(this.#account, user.id), {
        ...user,
        groups: [...user.groups, { id: group.id, joined }],
      });
      draft.put(entryKeys.member(this.#account, group.id, user.id), joined);
      draft.put(entryKeys.group(this.#account, group.id), {
        ...group,
        members: group.members + 1,
      });
    });
  }

  async removeUser(groupName: string, userName: string): Promise<void> {
    checkUserName(userName);
    checkGroupName(groupName);
    await this.#ledger.change(async (draft) => {
      const user = await requireUser(draft, this.#account, userName);
      const group = await requireGroup(draft, this.#account, groupName);
      const groups = user.groups.filter(({ id }) => id !== group.id);
      if (groups.length === user.groups.length) throw RamError.of('UserGroupMissing');
      draft.put(entryKeys.user(this.#account, user.id), { ...user, groups });
      draft.delete(entryKeys.member(this.#account, group.id, user.id));
      draft.put(entryKeys.group(this.#account, group.id), {
        ...group,
        members: group.members - 1,
      });
    });
  }

  /** The members of a group, in the order of their ids. */
  async members(groupName: string, request: PageRequest = {}): Promise<Page<GroupMember>> {
    checkGroupName(groupName);
    return this.#ledger.view(async (entries) => {
      const group = await requireGroup(entries, this.#account, groupName);
      return pageOf(entries.room, membersOf(this.#account, group.id), request, async (id) => {
        const user = await entries.read(entryKeys.user(this.#account, id));
        const joinDate = await entries.read(entryKeys.member(this.#account, group.id, id));
        if (user === undefined || joinDate === undefined) return undefined;
        return { userName: user.name, displayName: user.displayName ?? '', joinDate };
      });
    });
  }

  /** The groups of a user, at most ten, in the order in which it joined them. */
  async ofUser(userName: string): Promise<readonly JoinedGroup[]> {
    checkUserName(userName);
    return this.#ledger.view(async (entries) => {
      const user = await requireUser(entries, this.#account, userName);
      const joined: JoinedGroup[] = [];
      for (const { id, joined: joinDate } of user.groups) {
        const group = await entries.read(entryKeys.group(this.#account, id));
        if (group === undefined) continue;
        joined.push({ groupName: group.name, comments: group.comments ?? '', joinDate });
      }
      return joined;
    });
  }
}

/** The entry of a group's name; throws RamError when there is none. */
export async function requireGroup(
  entries: EntryReader,
  account: string,
  name: string,
): Promise<GroupEntry> {
  const id = await entries.read(entryKeys.groupId(account, name));
  const group = id === undefined ? undefined : await entries.read(entryKeys.group(account, id));
  if (group === undefined) throw RamError.of('GroupMissing');
  return group;
}

function shown(group: GroupEntry): Group {
  return {
    groupId: group.id,
    groupName: group.name,
    comments: group.comments ?? '',
    createDate: group.created,
    updateDate: group.updated,
  };
}
