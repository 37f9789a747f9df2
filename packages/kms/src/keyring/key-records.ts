import { randomBytes, randomUUID } from 'node:crypto';
import {
  type Draft,
  decodeEntry,
  type EntryKey,
  type EntryReader,
  FreshMap,
  GenerationWatch,
  RoomLedger,
  type RoomStore,
  StorageFull,
} from '@openoss/storage';
import { KmsError } from '../kms-error.js';
import {
  ALL_KEYS,
  type AliasEntry,
  aliasesIn,
  entryKeys,
  type KeyEntry,
  type KeyScope,
  keysIn,
  type VersionEntry,
  versionsOf,
} from './entries.js';
import type { RootSeal } from './root-seal.js';
import { isUuid } from './uuid-bytes.js';

const REMEMBERED = 10_000;
const LISTED_AT_ONCE = 1000;
const MASTER_KEY_BYTES = 32;

/** Reads and changes what is kept of keys, and opens the master keys of their versions. */
export class KeyRecords {
  readonly #room: RoomStore;
  readonly #ledger: RoomLedger;
  readonly #now: () => number;
  readonly #keys: FreshMap<KeyEntry>;
  readonly #versions: FreshMap<VersionEntry>;
  readonly #aliases: FreshMap<AliasEntry>;
  #seal: RootSeal | undefined;

  constructor(room: RoomStore, seal: RootSeal | undefined, now: () => number) {
    const watch = new GenerationWatch(room);
    this.#room = room;
    this.#ledger = new RoomLedger(room, 'kms');
    this.#now = now;
    this.#seal = seal;
    this.#keys = new FreshMap(watch, REMEMBERED);
    this.#versions = new FreshMap(watch, REMEMBERED);
    this.#aliases = new FreshMap(watch, REMEMBERED);
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now();
  }

  /** Whether there is no root key. */
  get isLocked(): boolean {
    return this.#seal === undefined;
  }

  /** Throws KmsError where there is no root key. */
  checkUnlocked(): void {
    if (this.isLocked) throw KmsError.of('Locked');
  }

  /** The key that an alias stands for. */
  async idOfAlias(scope: KeyScope, alias: string): Promise<string | undefined> {
    const key = entryKeys.alias(scope, alias);
    const entry = await this.#aliases.get(key, () => this.#read(key));
    return entry?.key;
  }

  /** A key that is there, in whatever state. One whose time has come is not, though it may not be swept yet. */
  async find(scope: KeyScope, id: string): Promise<KeyEntry | undefined> {
    const key = entryKeys.key(scope, id);
    const entry = await this.#keys.get(key, () => this.#read(key));
    return this.#unlessGone(entry);
  }

  async findVersion(scope: KeyScope, key: string, id: string): Promise<VersionEntry | undefined> {
    // What somebody names may be anything, and longer than the room's keys may be.
    if (!isUuid(id)) return undefined;
    const entry = entryKeys.version(scope, key, id);
    return this.#versions.get(entry, () => this.#read(entry));
  }

  /** The keys of an account in the order in which they were made. */
  async keys(scope: KeyScope): Promise<KeyEntry[]> {
    const entries = await this.#view((reader) => listed<KeyEntry>(reader, keysIn(scope)));
    return inOrder(entries.map(({ entry }) => entry)).filter(
      (entry) => this.#unlessGone(entry) !== undefined,
    );
  }

  /** The versions of a key, the oldest first. */
  async versions(scope: KeyScope, key: string): Promise<VersionEntry[]> {
    const prefix = versionsOf(scope, key);
    const entries = await this.#view((reader) => listed<VersionEntry>(reader, prefix));
    return inOrder(entries.map(({ entry }) => entry));
  }

  /** The aliases of an account, without their prefix and in the order of their names, each with its key's id. */
  async aliases(scope: KeyScope): Promise<{ readonly alias: string; readonly key: string }[]> {
    const entries = await this.#view((reader) => listed<AliasEntry>(reader, aliasesIn(scope)));
    return entries.map(({ name, entry }) => ({ alias: name, key: entry.key }));
  }

  /** Makes a change of the records, as RoomLedger has it; throws KmsError for a full disk. */
  async change<T>(make: (draft: Draft) => Promise<T>): Promise<T> {
    try {
      return await this.#ledger.change(make);
    } catch (error) {
      throw error instanceof StorageFull ? KmsError.of('StorageFull') : error;
    }
  }

  /** A key that is there, for a change of it; throws KmsError. */
  async keyIn(draft: EntryReader, scope: KeyScope, id: string): Promise<KeyEntry> {
    const entry = await this.keyIfAny(draft, scope, id);
    if (entry === undefined) throw KmsError.of('KeyNotFound');
    return entry;
  }

  async keyIfAny(draft: EntryReader, scope: KeyScope, id: string): Promise<KeyEntry | undefined> {
    return this.#unlessGone(await draft.read(entryKeys.key(scope, id)));
  }

  /** How many there are of what is kept under a prefix. */
  async count(draft: EntryReader, prefix: string): Promise<number> {
    return (await listed(draft, prefix)).length;
  }

  /** Adds a version with a fresh master key; throws KmsError where there is no root key. */
  addVersion(draft: Draft, scope: KeyScope, key: string): VersionEntry {
    if (this.#seal === undefined) throw KmsError.of('Locked');
    const id = randomUUID();
    const masterKey = randomBytes(MASTER_KEY_BYTES);
    const sealed = this.#seal.seal(masterKey, masterKeyContext(scope, key, id));
    masterKey.fill(0);
    const version: VersionEntry = { id, created: this.now, key: sealed };
    draft.put(entryKeys.version(scope, key, id), version);
    return version;
  }

  /** Gives a key a new primary version; the entry as it is then. */
  rotated(draft: Draft, scope: KeyScope, entry: KeyEntry): KeyEntry {
    const { id, created } = this.addVersion(draft, scope, entry.id);
    const next = { ...entry, primary: id, rotated: created, versions: entry.versions + 1 };
    draft.put(entryKeys.key(scope, entry.id), next);
    return next;
  }

  /** Has a master key used, and wipes it then; throws KmsError where there is no root key. */
  withMasterKey<T>(
    scope: KeyScope,
    key: string,
    version: VersionEntry,
    use: (masterKey: Buffer) => T,
  ): T {
    if (this.#seal === undefined) throw KmsError.of('Locked');
    const masterKey = this.#seal.open(version.key, masterKeyContext(scope, key, version.id));
    // Neither the wrong root key nor a flipped bit: both would have been noticed before.
    if (masterKey === undefined) throw new Error(`The master key of ${key} cannot be opened`);
    try {
      return use(masterKey);
    } finally {
      masterKey.fill(0);
    }
  }

  /** Whether it is time for a key's next automatic rotation. */
  isRotationDue({ enabled, deletion, rotated, rotationInterval }: KeyEntry): boolean {
    if (rotationInterval === undefined || !enabled || deletion !== undefined) return false;
    return this.now >= rotated + rotationInterval * 1000;
  }

  /**
   * Deletes the keys whose time has come, with all that belongs to them, and rotates those that are due. What
   * fails for one keeps the others from nothing; the first failure is thrown at the end.
   */
  async tidy(): Promise<void> {
    const kept = await this.#view((reader) => listed<KeyEntry>(reader, ALL_KEYS));
    const failures: unknown[] = [];
    for (const { name, entry } of kept) {
      const [account = '', region = ''] = name.split('/');
      await this.#tidyKey({ account, region }, entry).catch((error) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  async #tidyKey(scope: KeyScope, entry: KeyEntry): Promise<void> {
    if (this.#unlessGone(entry) === undefined) {
      await this.#remove(scope, entry.id);
    } else if (this.#seal !== undefined && this.isRotationDue(entry)) {
      await this.rotateIfDue(scope, entry.id);
    }
  }

  /** Rotates a key unless somebody else has; the entry as it is then. Throws KmsError. */
  rotateIfDue(scope: KeyScope, id: string): Promise<KeyEntry> {
    return this.change(async (draft) => {
      const entry = await this.keyIn(draft, scope, id);
      return this.isRotationDue(entry) ? this.rotated(draft, scope, entry) : entry;
    });
  }

  /** From now on everything is as without a root key. */
  lock(): void {
    this.#seal?.wipe();
    this.#seal = undefined;
  }

  #remove(scope: KeyScope, id: string): Promise<void> {
    return this.change(async (draft) => {
      const key = entryKeys.key(scope, id);
      const entry = await draft.read(key);
      // Its deletion may have been cancelled in another process, by another clock.
      if (entry === undefined || this.#unlessGone(entry) !== undefined) return;
      for (const { entry: version } of await listed<VersionEntry>(draft, versionsOf(scope, id))) {
        draft.delete(entryKeys.version(scope, id, version.id));
      }
      for (const { name, entry: alias } of await listed<AliasEntry>(draft, aliasesIn(scope))) {
        if (alias.key === id) draft.delete(entryKeys.alias(scope, name));
      }
      draft.delete(key);
    });
  }

  #unlessGone(entry: KeyEntry | undefined): KeyEntry | undefined {
    const isGone = entry?.deletion !== undefined && this.now >= entry.deletion;
    return isGone ? undefined : entry;
  }

  #view<T>(read: (reader: EntryReader) => Promise<T>): Promise<T> {
    return this.#ledger.view(read);
  }

  async #read<Entry>(key: EntryKey<Entry>): Promise<Entry | undefined> {
    const stored = await this.#room.get(key);
    return stored === undefined ? undefined : decodeEntry('kms', key, stored);
  }
}

/** What a master key is bound to, so that it is worth nothing in another's place. */
const masterKeyContext = ({ account, region }: KeyScope, key: string, version: string): string =>
  `master key ${account} ${region} ${key} ${version}`;

const inOrder = <Entry extends { readonly id: string; readonly created: number }>(
  entries: Entry[],
): Entry[] => entries.sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));

/** All entries below a prefix, each with its name there. */
async function listed<Entry>(
  { room }: EntryReader,
  prefix: string,
): Promise<{ readonly name: string; readonly entry: Entry }[]> {
  const found: { readonly name: string; readonly entry: Entry }[] = [];
  let after: string | undefined;
  for (;;) {
    const from = after === undefined ? {} : { after };
    const entries = await room.list({ prefix, ...from, limit: LISTED_AT_ONCE });
    for (const { key, value } of entries) {
      const entry = decodeEntry('kms', key as EntryKey<Entry>, value);
      found.push({ name: key.slice(prefix.length), entry });
    }
    after = entries.at(-1)?.key;
    if (entries.length < LISTED_AT_ONCE) return found;
  }
}
