import { count } from './entity-counts.js';
import { entryKeys, type RoleEntry, roleNames } from './entries.js';
import { roleArn } from './identity.js';
import type { EntryReader, Ledger } from './ledger.js';
import { type Page, type PageRequest, pageOf } from './page.js';
import {
  checkDescription,
  checkDocumentLength,
  checkMaxSessionDuration,
  checkRoleName,
} from './parameter-rules.js';
import { compiled, type PolicyCompiler } from './policy-language.js';
import { RamError } from './ram-error.js';
import { randomDigits } from './random-text.js';

/** A role as RAM shows it. Times are milliseconds since 1970. */
export interface Role {
  /** 18 digits. */
  readonly roleId: string;
  readonly roleName: string;
  readonly arn: string;
  readonly description: string;
  readonly assumeRolePolicyDocument: string;
  /** Seconds, 3,600 to 43,200. */
  readonly maxSessionDuration: number;
  readonly createDate: number;
  readonly updateDate: number;
}

const DEFAULT_SESSION_DURATION = 3600;

/** The roles of one account. Everything throws RamError, and resolves when it is durable. */
export class Roles {
  readonly #ledger: Ledger;
  readonly #account: string;
  readonly #now: () => number;
  readonly #trust: PolicyCompiler<unknown>;

  constructor(ledger: Ledger, account: string, now: () => number, trust: PolicyCompiler<unknown>) {
    this.#ledger = ledger;
    this.#account = account;
    this.#now = now;
    this.#trust = trust;
  }

  async create(request: {
    readonly roleName: string;
    readonly assumeRolePolicyDocument: string;
    readonly description?: string | undefined;
    readonly maxSessionDuration?: number | undefined;
  }): Promise<Role> {
    const { roleName: name, assumeRolePolicyDocument: trust, description } = request;
    const { maxSessionDuration = DEFAULT_SESSION_DURATION } = request;
    checkRoleName(name);
    if (description !== undefined) checkDescription(description);
    checkMaxSessionDuration(maxSessionDuration);
    checkDocumentLength(trust, 'AssumeRolePolicyDocument');
    compiled(this.#trust, trust, name);
    const now = this.#now();
    return this.#ledger.change(async (draft) => {
      const nameKey = entryKeys.roleId(this.#account, name);
      if ((await draft.read(nameKey)) !== undefined) throw RamError.of('RoleExists');
      await count(draft, this.#account, 'roles', 1);
      const id = `3${randomDigits(17)}`;
      const role: RoleEntry = {
        id,
        name,
        description,
        trust,
        maxSessionDuration,
        created: now,
        updated: now,
        policies: [],
      };
      draft.put(nameKey, id);
      draft.put(entryKeys.role(this.#account, id), role);
      return this.#shown(role);
    });
  }

  async get(roleName: string): Promise<Role> {
    checkRoleName(roleName);
    return this.#ledger.view(async (entries) =>
      this.#shown(await requireRole(entries, this.#account, roleName)),
    );
  }

  /** Changes what is given. Sessions that have begun last as long as they were given. */
  async update(
    roleName: string,
    request: {
      readonly assumeRolePolicyDocument?: string | undefined;
      readonly description?: string | undefined;
      readonly maxSessionDuration?: number | undefined;
    },
  ): Promise<Role> {
    const { assumeRolePolicyDocument: trust, description, maxSessionDuration } = request;
    checkRoleName(roleName);
    if (description !== undefined) checkDescription(description, 'NewDescription');
    if (maxSessionDuration !== undefined) {
      checkMaxSessionDuration(maxSessionDuration, 'NewMaxSessionDuration');
    }
    if (trust !== undefined) {
      checkDocumentLength(trust, 'NewAssumeRolePolicyDocument');
      compiled(this.#trust, trust, roleName);
    }
    return this.#ledger.change(async (draft) => {
      const before = await requireRole(draft, this.#account, roleName);
      const role = {
        ...before,
        trust: trust ?? before.trust,
        description: description ?? before.description,
        maxSessionDuration: maxSessionDuration ?? before.maxSessionDuration,
        updated: this.#now(),
      };
      draft.put(entryKeys.role(this.#account, role.id), role);
      return this.#shown(role);
    });
  }

  /** Deletes a role without policies. Its sessions end at once. */
  async delete(roleName: string): Promise<void> {
    checkRoleName(roleName);
    await this.#ledger.change(async (draft) => {
      const role = await requireRole(draft, this.#account, roleName);
      if (role.policies.length > 0) throw RamError.of('RoleHasPolicy');
      draft.delete(entryKeys.roleId(this.#account, roleName));
      draft.delete(entryKeys.role(this.#account, role.id));
      await count(draft, this.#account, 'roles', -1);
    });
  }

  /** In the order of their names. */
  async list(request: PageRequest = {}): Promise<Page<Role>> {
    return this.#ledger.view((entries) =>
      pageOf(entries.room, roleNames(this.#account), request, async (name) =>
        this.#shown(await requireRole(entries, this.#account, name)),
      ),
    );
  }

  #shown(role: RoleEntry): Role {
    return {
      roleId: role.id,
      roleName: role.name,
      arn: roleArn(this.#account, role.name),
      description: role.description ?? '',
      assumeRolePolicyDocument: role.trust,
      maxSessionDuration: role.maxSessionDuration,
      createDate: role.created,
      updateDate: role.updated,
    };
  }
}

/** The entry of a role's name; throws RamError when there is none. */
export async function requireRole(
  entries: EntryReader,
  account: string,
  name: string,
): Promise<RoleEntry> {
  const id = await entries.read(entryKeys.roleId(account, name));
  const role = id === undefined ? undefined : await entries.read(entryKeys.role(account, id));
  if (role === undefined) throw RamError.of('RoleMissing');
  return role;
}
