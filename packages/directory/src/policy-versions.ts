import {
  entryKeys,
  type PolicyEntry,
  type PolicyType,
  type PolicyVersionEntry,
} from './entries.js';
import type { Draft, Ledger } from './ledger.js';
import {
  checkDocumentLength,
  checkPolicyName,
  checkPolicyType,
  LIMITS,
} from './parameter-rules.js';
import { requireCustomPolicy, requireSystemPolicy } from './policies.js';
import { compiled, type PolicyCompiler } from './policy-language.js';
import { RamError } from './ram-error.js';
import { SYSTEM_POLICIES_DATE } from './system-policies.js';

/** One version of a policy. */
export interface PolicyVersion {
  /** `v1`, `v2`, …; none is used twice. */
  readonly versionId: string;
  readonly isDefaultVersion: boolean;
  readonly policyDocument: string;
  readonly createDate: number;
}

/** What becomes of the oldest version that does not count when there would be too many. */
export type RotateStrategy = (typeof ROTATE_STRATEGIES)[number];

const ROTATE_STRATEGIES = ['None', 'DeleteOldestNonDefaultVersionWhenLimitExceeded'] as const;

const VERSION_ID = /^v[1-9]\d{0,8}$/;

/** The versions of one account's policies. Throws RamError, and resolves when it is durable. */
export class PolicyVersions {
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
    readonly setAsDefault?: boolean | undefined;
    readonly rotateStrategy?: RotateStrategy | undefined;
  }): Promise<PolicyVersion> {
    const { policyName, policyDocument, setAsDefault = false, rotateStrategy = 'None' } = request;
    checkPolicyName(policyName);
    checkDocumentLength(policyDocument, 'PolicyDocument');
    if (!ROTATE_STRATEGIES.includes(rotateStrategy)) throw RamError.wrongValue('RotateStrategy');
    compiled(this.#compiler, policyDocument, policyName);
    return this.#change(policyName, (before) => {
      let { versions } = before;
      if (versions.length >= LIMITS.policyVersions) {
        if (rotateStrategy === 'None') throw RamError.of('TooManyPolicyVersions');
        const oldest = versions.find(({ id }) => id !== before.default);
        versions = versions.filter((version) => version !== oldest);
      }
      const version = {
        id: `v${before.next}`,
        created: this.#now(),
        document: policyDocument,
      };
      const policy = {
        ...before,
        next: before.next + 1,
        versions: [...versions, version],
        default: setAsDefault ? version.id : before.default,
      };
      return [policy, shown(policy, version)];
    });
  }

  async get(policyType: PolicyType, policyName: string, versionId: string): Promise<PolicyVersion> {
    checkVersionId(versionId);
    const versions = await this.list(policyType, policyName);
    const version = versions.find((one) => one.versionId === versionId);
    if (version === undefined) throw RamError.of('PolicyVersionMissing');
    return version;
  }

  /** Oldest first, at most five. */
  async list(policyType: PolicyType, policyName: string): Promise<readonly PolicyVersion[]> {
    checkPolicyType(policyType);
    checkPolicyName(policyName);
    if (policyType === 'System') {
      const { document } = requireSystemPolicy(policyName);
      const version = { id: 'v1', created: SYSTEM_POLICIES_DATE, document };
      return [shown({ default: 'v1' }, version)];
    }
    return this.#ledger.view(async (entries) => {
      const policy = await requireCustomPolicy(entries, this.#account, policyName);
      return policy.versions.map((version) => shown(policy, version));
    });
  }

  async setDefault(policyName: string, versionId: string): Promise<void> {
    checkPolicyName(policyName);
    checkVersionId(versionId);
    await this.#change(policyName, (before) => {
      requireVersion(before, versionId);
      return [{ ...before, default: versionId }, undefined];
    });
  }

  async delete(policyName: string, versionId: string): Promise<void> {
    checkPolicyName(policyName);
    checkVersionId(versionId);
    await this.#change(policyName, (before) => {
      requireVersion(before, versionId);
      if (before.default === versionId) throw RamError.of('PolicyVersionIsDefault');
      const versions = before.versions.filter(({ id }) => id !== versionId);
      return [{ ...before, versions }, undefined];
    });
  }

  #change<T>(
    policyName: string,
    make: (before: PolicyEntry) => readonly [PolicyEntry, T],
  ): Promise<T> {
    return this.#ledger.change(async (draft: Draft) => {
      const before = await requireCustomPolicy(draft, this.#account, policyName);
      const [policy, result] = make(before);
      draft.put(entryKeys.policy(this.#account, policyName), { ...policy, updated: this.#now() });
      return result;
    });
  }
}

function checkVersionId(versionId: string): void {
  if (!VERSION_ID.test(versionId)) throw RamError.wrongFormat('VersionId');
}

function requireVersion(policy: PolicyEntry, versionId: string): void {
  if (!policy.versions.some(({ id }) => id === versionId)) {
    throw RamError.of('PolicyVersionMissing');
  }
}

function shown(policy: Pick<PolicyEntry, 'default'>, version: PolicyVersionEntry): PolicyVersion {
  return {
    versionId: version.id,
    isDefaultVersion: version.id === policy.default,
    policyDocument: version.document,
    createDate: version.created,
  };
}
