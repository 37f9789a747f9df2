import { ATTACHABLE, type EntityName } from './attachable.js';
import { countSystemPolicy } from './entity-counts.js';
import { attachmentsOf, type EntityKind, entryKeys, type PolicyName } from './entries.js';
import { roleArn } from './identity.js';
import type { Draft, EntryReader, Ledger } from './ledger.js';
import { checkPolicyName, checkPolicyType, LIMITS } from './parameter-rules.js';
import { requireCustomPolicy, requireSystemPolicy } from './policies.js';
import { RamError } from './ram-error.js';
import { systemPolicy } from './system-policies.js';

/** A policy attached to something, as RAM lists it. Times are milliseconds since 1970. */
export interface PolicyAttachment extends PolicyName {
  readonly description: string;
  readonly defaultVersion: string;
  readonly attachDate: number;
}

/** What a policy is attached to. */
export interface PolicyEntities {
  readonly users: readonly {
    readonly userId: string;
    readonly userName: string;
    readonly displayName: string;
    readonly attachDate: number;
  }[];
  readonly groups: readonly {
    readonly groupId: string;
    readonly groupName: string;
    readonly comments: string;
    readonly attachDate: number;
  }[];
  readonly roles: readonly {
    readonly roleId: string;
    readonly roleName: string;
    readonly arn: string;
    readonly description: string;
    readonly attachDate: number;
  }[];
}

/** More than there can be in an account that a policy is attached to. */
const ALL_ENTITIES = LIMITS.users + LIMITS.groups + LIMITS.roles;

/** Which policies are attached to what in one account. Throws RamError, and resolves when durable. */
export class Attachments {
  readonly #ledger: Ledger;
  readonly #account: string;
  readonly #now: () => number;

  constructor(ledger: Ledger, account: string, now: () => number) {
    this.#ledger = ledger;
    this.#account = account;
    this.#now = now;
  }

  async attach(policy: PolicyName, { kind, name }: EntityName): Promise<void> {
    const { check, find, exists, tooMany } = ATTACHABLE[kind];
    check(name);
    checkPolicyType(policy.type);
    checkPolicyName(policy.name);
    const { type } = policy;
    const most = type === 'System' ? LIMITS.systemPoliciesOfEntity : LIMITS.customPoliciesOfEntity;
    await this.#ledger.change(async (draft) => {
      const entity = await find(draft, this.#account, name);
      await this.#requirePolicy(draft, policy);
      if (entity.policies.some((one) => isSame(one, policy))) throw RamError.of(exists);
      if (entity.policies.filter((one) => one.type === type).length >= most) {
        throw RamError.of(tooMany);
      }
      const attached = this.#now();
      entity.put(draft, [...entity.policies, { type, name: policy.name, attached }]);
      draft.put(entryKeys.attachment(this.#account, policy, kind, entity.id), attached);
      await this.#count(draft, policy, 1);
    });
  }

  async detach(policy: PolicyName, { kind, name }: EntityName): Promise<void> {
    const { check, find, missing } = ATTACHABLE[kind];
    check(name);
    checkPolicyType(policy.type);
    checkPolicyName(policy.name);
    await this.#ledger.change(async (draft) => {
      const entity = await find(draft, this.#account, name);
      const policies = entity.policies.filter((one) => !isSame(one, policy));
      if (policies.length === entity.policies.length) throw RamError.of(missing);
      entity.put(draft, policies);
      draft.delete(entryKeys.attachment(this.#account, policy, kind, entity.id));
      await this.#count(draft, policy, -1);
    });
  }

  /** The policies of something, at most thirty, in the order in which they were attached. */
  async of({ kind, name }: EntityName): Promise<readonly PolicyAttachment[]> {
    const { check, find } = ATTACHABLE[kind];
    check(name);
    return this.#ledger.view(async (entries) => {
      const { policies } = await find(entries, this.#account, name);
      const listed: PolicyAttachment[] = [];
      for (const { type, name: policyName, attached: attachDate } of policies) {
        const policy = { type, name: policyName };
        listed.push({ ...policy, ...(await this.#described(entries, policy)), attachDate });
      }
      return listed;
    });
  }

  /** Everything that a policy is attached to, in the order of ids. */
  async entities(policy: PolicyName): Promise<PolicyEntities> {
    checkPolicyType(policy.type);
    checkPolicyName(policy.name);
    const account = this.#account;
    return this.#ledger.view(async (entries) => {
      await this.#requirePolicy(entries, policy);
      return {
        users: await this.#attachedTo(entries, policy, 'user', async (userId, attachDate) => {
          const user = await entries.read(entryKeys.user(account, userId));
          if (user === undefined) return undefined;
          const { name: userName, displayName = '' } = user;
          return { userId, userName, displayName, attachDate };
        }),
        groups: await this.#attachedTo(entries, policy, 'group', async (groupId, attachDate) => {
          const group = await entries.read(entryKeys.group(account, groupId));
          if (group === undefined) return undefined;
          const { name: groupName, comments = '' } = group;
          return { groupId, groupName, comments, attachDate };
        }),
        roles: await this.#attachedTo(entries, policy, 'role', async (roleId, attachDate) => {
          const role = await entries.read(entryKeys.role(account, roleId));
          if (role === undefined) return undefined;
          const { name: roleName, description = '' } = role;
          return { roleId, roleName, arn: roleArn(account, roleName), description, attachDate };
        }),
      };
    });
  }

  async #attachedTo<T>(
    entries: EntryReader,
    policy: PolicyName,
    kind: EntityKind,
    read: (id: string, attached: number) => Promise<T | undefined>,
  ): Promise<readonly T[]> {
    const prefix = attachmentsOf(this.#account, policy, kind);
    const found: T[] = [];
    for (const { key } of await entries.room.list({ prefix, limit: ALL_ENTITIES })) {
      const id = key.slice(prefix.length);
      const attached = await entries.read(entryKeys.attachment(this.#account, policy, kind, id));
      const entity = attached === undefined ? undefined : await read(id, attached);
      if (entity !== undefined) found.push(entity);
    }
    return found;
  }

  async #requirePolicy(entries: EntryReader, { type, name }: PolicyName): Promise<void> {
    if (type === 'System') requireSystemPolicy(name);
    else await requireCustomPolicy(entries, this.#account, name);
  }

  async #described(
    entries: EntryReader,
    { type, name }: PolicyName,
  ): Promise<{ readonly description: string; readonly defaultVersion: string }> {
    if (type === 'System') {
      // One that a newer version knew is listed all the same, so that it can be detached.
      return { description: systemPolicy(name)?.description ?? '', defaultVersion: 'v1' };
    }
    const policy = await requireCustomPolicy(entries, this.#account, name);
    return { description: policy.description ?? '', defaultVersion: policy.default };
  }

  async #count(draft: Draft, { type, name }: PolicyName, change: 1 | -1): Promise<void> {
    if (type === 'System') return countSystemPolicy(draft, this.#account, name, change);
    const policy = await requireCustomPolicy(draft, this.#account, name);
    const attachments = policy.attachments + change;
    draft.put(entryKeys.policy(this.#account, name), { ...policy, attachments });
  }
}

const isSame = (one: PolicyName, other: PolicyName): boolean =>
  one.type === other.type && one.name === other.name;
