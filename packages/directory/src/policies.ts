import { count, countsOf } from './entity-counts.js';
import {
  attachmentsOf,
  type EntityKind,
  entryKeys,
  type PolicyEntry,
  type PolicyType,
  policyNames,
} from './entries.js';
import type { EntryReader, Ledger } from './ledger.js';
import { itemsWanted, markerFor, nameBefore, type Page, type PageRequest } from './page.js';
import {
  checkDescription,
  checkDocumentLength,
  checkPolicyName,
  checkPolicyType,
} from './parameter-rules.js';
import { compiled, type PolicyCompiler } from './policy-language.js';
import { RamError, type RefusalCause } from './ram-error.js';
import { randomText } from './random-text.js';
import {
  SYSTEM_POLICIES_DATE,
  type SystemPolicy,
  systemPolicies,
  systemPolicy,
} from './system-policies.js';

/** A managed policy as RAM shows it. Times are milliseconds since 1970. */
export interface Policy {
  readonly policyName: string;
  readonly policyType: PolicyType;
  readonly description: string;
  /** `v1`, `v2`, … */
  readonly defaultVersion: string;
  readonly attachmentCount: number;
  readonly createDate: number;
  readonly updateDate: number;
}

/** A policy with the document that counts. */
export interface PolicyWithDocument extends Policy {
  readonly policyDocument: string;
}

/** What a marker of a list of policies stands for: a type and a name. */
const MARKED = /^(System|Custom)\/(.+)$/s;

/** What a policy may not be attached to when it is deleted, and how that is refused. */
const IN_USE: readonly (readonly [EntityKind, RefusalCause])[] = [
  ['user', 'PolicyHasUser'],
  ['group', 'PolicyHasGroup'],
  ['role', 'PolicyHasRole'],
];

/** The policies of one account, its own and the system's. Throws RamError, and resolves when durable. */
export class Policies {
  readonly #ledger: Ledger;
  readonly #account: string;
  readonly #now: () => number;
  readonly #compiler: PolicyCompiler<unknown>;

  constructor(
    ledger: Ledger,
    account: string,
    now: () => number,
    compiler: PolicyCompiler<unknown>,
  ) {
    this.#ledger = ledger;
    this.#account = account;
    this.#now = now;
    this.#compiler = compiler;
  }

  async create(request: {
    readonly policyName: string;
    readonly policyDocument: string;
    readonly description?: string | undefined;
  }): Promise<Policy> {
    const { policyName: name, policyDocument: document, description } = request;
    checkPolicyName(name);
    if (description !== undefined) checkDescription(description);
    checkDocumentLength(document, 'PolicyDocument');
    compiled(this.#compiler, document, name);
    const now = this.#now();
    return this.#ledger.change(async (draft) => {
      const key = entryKeys.policy(this.#account, name);
      // A custom policy of a system policy's name could be taken for it.
      if (systemPolicy(name) !== undefined || (await draft.read(key)) !== undefined) {
        throw RamError.of('PolicyExists');
      }
      await count(draft, this.#account, 'policies', 1);
      const policy: PolicyEntry = {
        id: randomText(20),
        name,
        description,
        created: now,
        updated: now,
        default: 'v1',
        next: 2,
        attachments: 0,
        versions: [{ id: 'v1', created: now, document }],
      };
      draft.put(key, policy);
      return shown(policy);
    });
  }

  async get(policyType: PolicyType, policyName: string): Promise<PolicyWithDocument> {
    checkPolicyType(policyType);
    checkPolicyName(policyName);
    return this.#ledger.view(async (entries) => {
      if (policyType === 'System') {
        const policy = requireSystemPolicy(policyName);
        return { ...(await this.#system(entries, policy)), policyDocument: policy.document };
      }
      const policy = await requireCustomPolicy(entries, this.#account, policyName);
      return { ...shown(policy), policyDocument: defaultDocument(policy) };
    });
  }

  async updateDescription(policyName: string, description: string): Promise<Policy> {
    checkPolicyName(policyName);
    checkDescription(description, 'NewDescription');
    return this.#ledger.change(async (draft) => {
      const before = await requireCustomPolicy(draft, this.#account, policyName);
      const policy = { ...before, description, updated: this.#now() };
      draft.put(entryKeys.policy(this.#account, policyName), policy);
      return shown(policy);
    });
  }

  /** Deletes a custom policy that has one version and is attached to nothing. */
  async delete(policyName: string): Promise<void> {
    checkPolicyName(policyName);
    await this.#ledger.change(async (draft) => {
      const policy = await requireCustomPolicy(draft, this.#account, policyName);
      for (const [kind, cause] of policy.attachments > 0 ? IN_USE : []) {
        const named = { type: 'Custom', name: policyName } as const;
        const prefix = attachmentsOf(this.#account, named, kind);
        if ((await draft.room.list({ prefix, limit: 1 })).length > 0) throw RamError.of(cause);
      }
      if (policy.versions.length > 1) throw RamError.of('PolicyHasVersion');
      draft.delete(entryKeys.policy(this.#account, policyName));
      await count(draft, this.#account, 'policies', -1);
    });
  }

  /** Of one type or of both, in the order of their names; the system's first. */
  async list(
    request: PageRequest & { readonly policyType?: PolicyType | undefined } = {},
  ): Promise<Page<Policy>> {
    const { policyType } = request;
    if (policyType !== undefined) checkPolicyType(policyType);
    const wanted = itemsWanted(request);
    const before = nameBefore(request);
    const [, type = 'System', after = ''] = MARKED.exec(before ?? '') ?? [];
    if (before !== undefined && after === '') throw RamError.wrongValue('Marker');
    return this.#ledger.view(async (entries) => {
      const found: Policy[] = [];
      if (policyType !== 'Custom' && type === 'System') {
        for (const policy of systemPolicies()) {
          if (policy.name > after) found.push(await this.#system(entries, policy));
        }
      }
      if (policyType !== 'System' && found.length <= wanted) {
        const prefix = policyNames(this.#account);
        const from = type === 'Custom' ? { after: prefix + after } : {};
        const limit = wanted + 1 - found.length;
        for (const { key } of await entries.room.list({ prefix, ...from, limit })) {
          const name = key.slice(prefix.length);
          found.push(shown(await requireCustomPolicy(entries, this.#account, name)));
        }
      }
      const items = found.slice(0, wanted);
      const last = items.at(-1);
      return found.length > wanted && last !== undefined
        ? { items, isTruncated: true, marker: markerFor(`${last.policyType}/${last.policyName}`) }
        : { items, isTruncated: false };
    });
  }

  async #system(entries: EntryReader, policy: SystemPolicy): Promise<Policy> {
    const { systemPolicies: attachments } = await countsOf(entries, this.#account);
    return {
      policyName: policy.name,
      policyType: 'System',
      description: policy.description,
      defaultVersion: 'v1',
      attachmentCount: attachments[policy.name] ?? 0,
      createDate: SYSTEM_POLICIES_DATE,
      updateDate: SYSTEM_POLICIES_DATE,
    };
  }
}

/** The entry of a custom policy; throws RamError when there is none. */
export async function requireCustomPolicy(
  entries: EntryReader,
  account: string,
  name: string,
): Promise<PolicyEntry> {
  const policy = await entries.read(entryKeys.policy(account, name));
  if (policy === undefined) throw RamError.of('PolicyMissing');
  return policy;
}

/** A system policy; throws RamError when there is none of the name. */
export function requireSystemPolicy(name: string): SystemPolicy {
  const policy = systemPolicy(name);
  if (policy === undefined) throw RamError.of('PolicyMissing');
  return policy;
}

/** The document of the version that counts. */
export function defaultDocument(policy: PolicyEntry): string {
  const version = policy.versions.find(({ id }) => id === policy.default);
  if (version === undefined) throw new Error(`policy ${policy.name} has no default version`);
  return version.document;
}

function shown(policy: PolicyEntry): Policy {
  return {
    policyName: policy.name,
    policyType: 'Custom',
    description: policy.description ?? '',
    defaultVersion: policy.default,
    attachmentCount: policy.attachments,
    createDate: policy.created,
    updateDate: policy.updated,
  };
}
