import { type Awaitable, CorruptRecord } from '@openoss/storage';
import { type AttachedPolicy, entryKeys, type PolicyType } from './entries.js';
import { after, FreshMap, type GenerationWatch } from './fresh-map.js';
import type { Identity, SessionIdentity } from './identity.js';
import type { EntryReader, Ledger } from './ledger.js';
import { defaultDocument } from './policies.js';
import { compiled, type PolicyCompiler } from './policy-language.js';
import { systemPolicy } from './system-policies.js';

/** A managed policy that somebody has, and how it came to it. */
export interface GrantedPolicy<Policy> {
  readonly type: PolicyType;
  readonly name: string;
  /** The version that counts. */
  readonly version: string;
  readonly policy: Policy;
  /** The group through which a user has it; undefined when it is attached to somebody itself. */
  readonly group: string | undefined;
}

/** The policies that a decision about somebody goes by, besides those of what it is about. */
export interface Permissions<Policy> {
  /** Empty for an account, which needs none. */
  readonly granted: readonly GrantedPolicy<Policy>[];
  /** The policy that a session is held to besides. */
  readonly session: Policy | undefined;
}

const REMEMBERED_PRINCIPALS = 10_000;
const REMEMBERED_POLICIES = 4000;
const NONE = { granted: [], session: undefined };

/** Which policies somebody has, compiled; from memory as long as the directory has not changed. */
export class PermissionFinder<Policy> {
  readonly #ledger: Ledger;
  readonly #compiler: PolicyCompiler<Policy>;
  readonly #granted: FreshMap<readonly GrantedPolicy<Policy>[]>;
  /** By policy and version, which never change: what the directory's other changes leave alone. */
  readonly #compiled = new Map<string, Policy>();
  readonly #sessions = new WeakMap<SessionIdentity, Policy>();

  constructor(ledger: Ledger, watch: GenerationWatch, compiler: PolicyCompiler<Policy>) {
    this.#ledger = ledger;
    this.#compiler = compiler;
    this.#granted = new FreshMap(watch, REMEMBERED_PRINCIPALS);
  }

  /**
   * The policies of somebody, those of a user's groups included. Throws for a policy that cannot be
   * read or is lost: nothing is decided without it, for it might deny.
   */
  of(identity: Identity): Awaitable<Permissions<Policy>> {
    if (identity.kind === 'account') return NONE;
    const { kind, account } = identity;
    const id = kind === 'user' ? identity.userId : identity.roleId;
    const granted = this.#granted.get(`${kind}/${account}/${id}`, () =>
      this.#ledger.view((entries) =>
        kind === 'user' ? this.#ofUser(entries, account, id) : this.#ofRole(entries, account, id),
      ),
    );
    return after(granted, (found = []) => ({
      granted: found,
      session: identity.kind === 'session' ? this.#sessionPolicy(identity) : undefined,
    }));
  }

  async #ofUser(entries: EntryReader, account: string, id: string) {
    const user = await entries.read(entryKeys.user(account, id));
    const granted = await this.#granting(entries, account, user?.policies ?? [], undefined);
    for (const { id: groupId } of user?.groups ?? []) {
      const group = await entries.read(entryKeys.group(account, groupId));
      if (group === undefined) throw missing(`group/${account}/${groupId}`);
      granted.push(...(await this.#granting(entries, account, group.policies, group.name)));
    }
    return granted;
  }

  async #ofRole(entries: EntryReader, account: string, id: string) {
    const role = await entries.read(entryKeys.role(account, id));
    return this.#granting(entries, account, role?.policies ?? [], undefined);
  }

  async #granting(
    entries: EntryReader,
    account: string,
    attached: readonly AttachedPolicy[],
    group: string | undefined,
  ): Promise<GrantedPolicy<Policy>[]> {
    const granted: GrantedPolicy<Policy>[] = [];
    for (const { type, name } of attached) {
      if (type === 'System') {
        const document = systemPolicy(name)?.document;
        // One that only a newer version knows allows nothing here; system policies deny nothing.
        if (document === undefined) continue;
        const policy = this.#compile(`/${name}`, document);
        granted.push({ type, name, version: 'v1', policy, group });
        continue;
      }
      const kept = await entries.read(entryKeys.policy(account, name));
      if (kept === undefined) throw missing(`policy/${account}/${name}`);
      const version = kept.default;
      const policy = this.#compile(`${kept.id}/${version}`, defaultDocument(kept));
      granted.push({ type, name, version, policy, group });
    }
    return granted;
  }

  #compile(version: string, document: string): Policy {
    const known = this.#compiled.get(version);
    if (known !== undefined) return known;
    const policy = compiled(this.#compiler, document);
    if (this.#compiled.size >= REMEMBERED_POLICIES) this.#compiled.clear();
    this.#compiled.set(version, policy);
    return policy;
  }

  #sessionPolicy(identity: SessionIdentity): Policy | undefined {
    if (identity.sessionPolicy === undefined) return undefined;
    const known = this.#sessions.get(identity);
    if (known !== undefined) return known;
    const policy = compiled(this.#compiler, identity.sessionPolicy);
    this.#sessions.set(identity, policy);
    return policy;
  }
}

/** Something that others refer to is gone, which only a damaged disk can do. */
const missing = (what: string): CorruptRecord =>
  new CorruptRecord(`directory record ${what}`, 'it is missing');
