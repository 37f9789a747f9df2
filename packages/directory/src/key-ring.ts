import {
  type Awaitable,
  after,
  FreshMap,
  type GenerationWatch,
  type RoomStore,
} from '@openoss/storage';
import { decodeEntry, type EntryKey, entryKeys } from './entries.js';
import type { Identity } from './identity.js';
import type { RootCredentials } from './root-credentials.js';
import { accessKeyContext, type Secrets } from './secrets.js';

/** An access key and whom it speaks for. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly principal: Identity;
  /** How somebody came by a session's key; undefined for a lasting one. */
  readonly origin?: KeyOrigin;
}

/** What a session stands and falls with. */
export interface KeyOrigin {
  /** The lasting access key that it began with. */
  readonly accessKey: string;
  /** The roles that were assumed one after another, the session's own last. */
  readonly roles: readonly { readonly account: string; readonly roleId: string }[];
}

/** A key that is there, though it may not be used. */
interface KnownKey {
  readonly key: AccessKey;
  readonly isActive: boolean;
}

/** The name of the root access key among the known ones; no access key has a slash in its id. */
const ROOT = '/';
const REMEMBERED_KEYS = 20_000;
const REMEMBERED_ROLES = 4000;

/** Finds lasting access keys, from memory as long as the directory has not changed. */
export class KeyRing {
  readonly #room: RoomStore;
  readonly #watch: GenerationWatch;
  readonly #secrets: Secrets;
  readonly #root: KnownKey;
  readonly #rootMayBeReplaced: boolean;
  readonly #keys: FreshMap<KnownKey>;
  readonly #roles: FreshMap<true>;

  constructor(options: {
    readonly room: RoomStore;
    readonly watch: GenerationWatch;
    readonly secrets: Secrets;
    /** The first account's root access key as it was given at the start. */
    readonly root: RootCredentials;
    readonly account: string;
    /** Whether one that is kept in the directory takes its place. */
    readonly rootMayBeReplaced: boolean;
  }) {
    const { root, account } = options;
    this.#room = options.room;
    this.#watch = options.watch;
    this.#secrets = options.secrets;
    this.#rootMayBeReplaced = options.rootMayBeReplaced;
    this.#keys = new FreshMap(options.watch, REMEMBERED_KEYS);
    this.#roles = new FreshMap(options.watch, REMEMBERED_ROLES);
    this.#root = known(root.accessKeyId, root.accessKeySecret, { kind: 'account', account });
  }

  /** The root access key that counts. */
  root(): Awaitable<AccessKey> {
    if (!this.#rootMayBeReplaced) return this.#root.key;
    return after(this.#watch.look(), (epoch) => after(this.#currentRoot(epoch), ({ key }) => key));
  }

  find(id: string): Awaitable<KnownKey | undefined> {
    if (id === this.#root.key.id && !this.#rootMayBeReplaced) return this.#root;
    return after(this.#watch.look(), (epoch) => this.#findAt(epoch, id));
  }

  /** Whether everything that a session stands and falls with is still there. */
  isAlive({ accessKey, roles }: KeyOrigin): Awaitable<boolean> {
    return after(this.#watch.look(), (epoch) => {
      let alive: Awaitable<boolean> = after(
        this.#findAt(epoch, accessKey),
        (found) => found?.isActive === true,
      );
      for (const { account, roleId } of roles) {
        alive = after(alive, (isSo) => isSo && this.#roleExists(epoch, account, roleId));
      }
      return alive;
    });
  }

  #findAt(epoch: number, id: string): Awaitable<KnownKey | undefined> {
    if (!this.#rootMayBeReplaced) return this.#findKept(epoch, id);
    return after(this.#currentRoot(epoch), (root) =>
      id === root.key.id ? root : this.#findKept(epoch, id),
    );
  }

  #roleExists(epoch: number, account: string, roleId: string): Awaitable<boolean> {
    const key = entryKeys.role(account, roleId);
    const exists = (): Awaitable<true | undefined> =>
      after(this.#room.look(key), (stored) => (stored === undefined ? undefined : true));
    return after(this.#roles.at(epoch, key, exists), (found) => found === true);
  }

  #currentRoot(epoch: number): Awaitable<KnownKey> {
    const current = this.#keys.at(epoch, ROOT, () =>
      after(this.#look(entryKeys.rootKey), (kept) => {
        if (kept?.replaces !== this.#root.key.id) return this.#root;
        const { principal } = this.#root.key;
        const secret = this.#secrets.open(kept.secret, rootKeyContext(kept.id));
        return known(kept.id, secret, principal);
      }),
    );
    return after(current, (root) => root ?? this.#root);
  }

  #findKept(epoch: number, id: string): Awaitable<KnownKey | undefined> {
    // Ids come from whoever asks: what is none is not looked for.
    if (!/^LTAI[A-Za-z0-9]{20}$/.test(id)) return undefined;
    return this.#keys.at(epoch, id, () =>
      after(this.#look(entryKeys.accessKey(id)), (kept) => {
        if (kept === undefined) return undefined;
        const { account, user, active } = kept;
        const secret = this.#secrets.open(kept.secret, accessKeyContext(account, id));
        if (user === undefined) return known(id, secret, { kind: 'account', account }, active);
        return after(this.#look(entryKeys.user(account, user)), (entry) =>
          entry === undefined
            ? undefined
            : known(id, secret, { kind: 'user', account, user, name: entry.name }, active),
        );
      }),
    );
  }

  #look<Entry>(key: EntryKey<Entry>): Awaitable<Entry | undefined> {
    return after(this.#room.look(key), (stored) =>
      stored === undefined ? undefined : decodeEntry(key, stored),
    );
  }
}

/** What the root access key's secret is bound to. */
export const rootKeyContext = (id: string): string => `root access key ${id}`;

const known = (id: string, secret: string, principal: Identity, isActive = true): KnownKey => ({
  key: { id, secret, principal },
  isActive,
});
