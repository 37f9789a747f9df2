import { type AttachedPolicy, type EntityKind, entryKeys } from './entries.js';
import { requireGroup } from './groups.js';
import type { Draft, EntryReader } from './ledger.js';
import { checkGroupName, checkRoleName, checkUserName } from './parameter-rules.js';
import type { RefusalCause } from './ram-error.js';
import { requireRole } from './roles.js';
import { requireUser } from './users.js';

/** Something that policies are attached to, by its name. */
export interface EntityName {
  readonly kind: EntityKind;
  readonly name: string;
}

/** Something that policies are attached to, as it was found. */
export interface Attachable {
  readonly id: string;
  readonly policies: readonly AttachedPolicy[];
  /** Keeps it with other policies. */
  put(draft: Draft, policies: readonly AttachedPolicy[]): void;
}

/** How things of one kind are found, and what is refused of them. */
interface AttachableKind {
  readonly check: (name: string) => void;
  readonly find: (entries: EntryReader, account: string, name: string) => Promise<Attachable>;
  /** The policy is attached already. */
  readonly exists: RefusalCause;
  /** The policy is not attached. */
  readonly missing: RefusalCause;
  readonly tooMany: RefusalCause;
}

export const ATTACHABLE: Readonly<Record<EntityKind, AttachableKind>> = {
  user: {
    check: checkUserName,
    async find(entries, account, name) {
      const user = await requireUser(entries, account, name);
      const { id, policies } = user;
      const key = entryKeys.user(account, id);
      return { id, policies, put: (draft, now) => draft.put(key, { ...user, policies: now }) };
    },
    exists: 'UserPolicyExists',
    missing: 'UserPolicyMissing',
    tooMany: 'TooManyPoliciesOfUser',
  },
  group: {
    check: checkGroupName,
    async find(entries, account, name) {
      const group = await requireGroup(entries, account, name);
      const { id, policies } = group;
      const key = entryKeys.group(account, id);
      return { id, policies, put: (draft, now) => draft.put(key, { ...group, policies: now }) };
    },
    exists: 'GroupPolicyExists',
    missing: 'GroupPolicyMissing',
    tooMany: 'TooManyPoliciesOfGroup',
  },
  role: {
    check: checkRoleName,
    async find(entries, account, name) {
      const role = await requireRole(entries, account, name);
      const { id, policies } = role;
      const key = entryKeys.role(account, id);
      return { id, policies, put: (draft, now) => draft.put(key, { ...role, policies: now }) };
    },
    exists: 'RolePolicyExists',
    missing: 'RolePolicyMissing',
    tooMany: 'TooManyPoliciesOfRole',
  },
};
