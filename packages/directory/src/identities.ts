import type { GenerationWatch } from '@openoss/storage';
import { AccessKeys } from './access-keys.js';
import { Accounts } from './accounts.js';
import { Attachments } from './attachments.js';
import { Groups } from './groups.js';
import type { Ledger } from './ledger.js';
import { PermissionFinder } from './permissions.js';
import { Policies } from './policies.js';
import type { PolicyLanguage } from './policy-language.js';
import { PolicyVersions } from './policy-versions.js';
import { Roles } from './roles.js';
import type { Secrets } from './secrets.js';
import type { SessionTokens } from './session-token.js';
import { Sts } from './sts.js';
import { Users } from './users.js';

/** What RAM manages in one account. */
export interface Ram {
  readonly users: Users;
  readonly groups: Groups;
  readonly roles: Roles;
  readonly policies: Policies;
  readonly policyVersions: PolicyVersions;
  readonly attachments: Attachments;
  readonly accessKeys: AccessKeys;
}

/** Everything of a directory that has to do with policies, in the policy language it was made with. */
export class Identities<Policy, Trust> {
  readonly accounts: Accounts;
  readonly sts: Sts<Policy, Trust>;
  readonly permissions: PermissionFinder<Policy>;
  readonly #parts: IdentitiesParts<Policy, Trust>;
  readonly #ram = new Map<string, Ram>();

  constructor(parts: IdentitiesParts<Policy, Trust>) {
    const { ledger, watch, language, now, secrets } = parts;
    this.#parts = parts;
    this.accounts = new Accounts(ledger, now, secrets);
    this.permissions = new PermissionFinder(ledger, watch, language);
    this.sts = new Sts({ ...parts, permissions: this.permissions });
  }

  /** RAM as one account has it. */
  ram(account: string): Ram {
    const known = this.#ram.get(account);
    if (known !== undefined) return known;
    const { ledger, now, language, secrets } = this.#parts;
    const ram: Ram = {
      users: new Users(ledger, account, now),
      groups: new Groups(ledger, account, now),
      roles: new Roles(ledger, account, now, language.trust),
      policies: new Policies(ledger, account, now, language.managed),
      policyVersions: new PolicyVersions(ledger, account, now, language.managed),
      attachments: new Attachments(ledger, account, now),
      accessKeys: new AccessKeys(ledger, account, now, secrets),
    };
    if (this.#ram.size >= REMEMBERED_ACCOUNTS) this.#ram.clear();
    this.#ram.set(account, ram);
    return ram;
  }
}

const REMEMBERED_ACCOUNTS = 1000;

interface IdentitiesParts<Policy, Trust> {
  readonly ledger: Ledger;
  readonly watch: GenerationWatch;
  readonly language: PolicyLanguage<Policy, Trust>;
  readonly secrets: Secrets;
  readonly tokens: () => SessionTokens;
  readonly now: () => number;
}
