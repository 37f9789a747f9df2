import {
  type Awaitable,
  after,
  CorruptRecord,
  FreshMap,
  type GenerationWatch,
} from '@openoss/storage';
import { type AttachedPolicy, entryKeys } from './entries.js';
import type { Identity, SessionIdentity } from './identity.js';
import type { EntryReader, Ledger } from './ledger.js';
import { defaultDocument } from './policies.js';
import {
  compiled,
  type GrantedPolicy,
  type Permissions,
  type PolicyLanguage,
} from './policy-language.js';
import { systemPolicy } from './system-policies.js';

const REMEMBERED_PRINCIPALS = 10_000;
const REMEMBERED_POLICIES = 4000;
const NONE = { granted: [], session: undefined };

/** Which policies somebody has, compiled; from memory as long as the directory has not changed. */
export class PermissionFinder<Policy> {
  readonly #ledger: Ledger;
  readonly #language: Pick<PolicyLanguage<Policy, unknown>, 'managed' | 'session'>;
  /** By user, as the key ring knows it, and by a name for roles. */
  readonly #granted: FreshMap<readonly GrantedPolicy<Policy>[], Identity | string>;
  /** By policy and version, which never change: what the directory's other changes leave alone. */
  readonly #compiled = new Map<string, Policy>();
  readonly #sessions = new WeakMap<SessionIdentity, Policy>();

  constructor(
    ledger: Ledger,
    watch: GenerationWatch,
    language: Pick<PolicyLanguage<Policy, unknown>, 'managed' | 'session'>,
  ) {
    this.#ledger = ledger;
    this.#language = language;
    this.#granted = new FreshMap(watch, REMEMBERED_PRINCIPALS);
  }

  /**
   * The policies of somebody, those of a user's groups included. Throws for a policy that cannot be
   * read or is lost: nothing is decided without it, for it might deny.
   */
  of(identity: Identity, hasLooked = false): Awaitable<Permissions<Policy>> {
    if (identity.kind === 'account') return NONE;
    const { kind, account } = identity;
    const id = kind === 'user' ? identity.user : identity.roleId;
    const learn = () =>
      this.#ledger.view((entries) =>
        kind === 'user' ? this.#ofUser(entries, account, id) : this.#ofRole(entries, account, id),
      );
    // A user is the same object as long as nothing changes; a session is another one each time.
    const name = kind === 'user' ? identity : `${account}/${id}`;
    const granted = this.#granted.get(name, learn, hasLooked);
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
        const policy = this.#compile(`/${name}`, document, name);
        granted.push({ type, name, version: 'v1', policy, group });
        continue;
      }
      const kept = await entries.read(entryKeys.policy(account, name));
      if (kept === undefined) throw missing(`policy/${account}/${name}`);
      const version = kept.default;
      const policy = this.#compile(`${kept.id}/${version}`, defaultDocument(kept), name);
      granted.push({ type, name, version, policy, group });
    }
    return granted;
  }

  #compile(version: string, document: string, name: string): Policy {
    const known = this.#compiled.get(version);
    if (known !== undefined) return known;
    const policy = compiled(this.#language.managed, document, name);
    if (this.#compiled.size >= REMEMBERED_POLICIES) this.#compiled.clear();
    this.#compiled.set(version, policy);
    return policy;
  }

  #sessionPolicy(identity: SessionIdentity): Policy | undefined {
    if (identity.sessionPolicy === undefined) return undefined;
    const known = this.#sessions.get(identity);
    if (known !== undefined) return known;
    const policy = compiled(this.#language.session, identity.sessionPolicy, identity.session);
    this.#sessions.set(identity, policy);
    return policy;
  }
}

/** Something that others refer to is gone, which only a damaged disk can do. */
const missing = (what: string): CorruptRecord =>
  new CorruptRecord(`directory record ${what}`, 'it is missing');
