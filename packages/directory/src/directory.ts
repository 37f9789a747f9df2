import { type Awaitable, after, GenerationWatch, type Log, type RoomStore } from '@openoss/storage';
import { AccountSettings } from './account-settings.js';
import { newAccountUid } from './accounts.js';
import type { DirectoryKey } from './directory-key.js';
import { entryKeys, FIRST_ACCOUNT } from './entries.js';
import { Identities } from './identities.js';
import { type AccessKey, KeyRing, rootKeyContext } from './key-ring.js';
import { LastUse } from './last-use.js';
import { Ledger } from './ledger.js';
import type { PolicyLanguage } from './policy-language.js';
import { RamError } from './ram-error.js';
import {
  type FoundRootCredentials,
  generateCredentials,
  type RootCredentials,
} from './root-credentials.js';
import { Secrets } from './secrets.js';
import { SessionTokens } from './session-token.js';

export interface DirectoryOptions {
  /** Seals the secrets at rest. Without one there is the root access key, and no other. */
  readonly key?: DirectoryKey | undefined;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  readonly log?: Pick<Log, 'warn'>;
}

/** The root access key, and where it is from, if that is known. */
export type GivenRootCredentials = RootCredentials & Partial<FoundRootCredentials>;

/** What a temporary access key and a token come to. */
export type SessionLookup =
  | { readonly outcome: 'found'; readonly key: AccessKey }
  /** The token was not made here, or not with this directory key. */
  | { readonly outcome: 'invalid' }
  /** The token belongs to another access key id. */
  | { readonly outcome: 'mismatch' }
  | { readonly outcome: 'expired' }
  /** A role or the access key that the session stands and falls with is gone, or inactive. */
  | { readonly outcome: 'ended' };

/**
 * The identities a server knows, kept in a room of the store: accounts, RAM users, groups, roles,
 * policies, access keys. The first account is made when a data directory is first used and stays with
 * it, whatever keys the server is started with.
 */
export class Directory {
  /** The UID of the first account: 16 digits. */
  readonly account: string;
  readonly #ledger: Ledger;
  readonly #watch: GenerationWatch;
  readonly #secrets: Secrets;
  readonly #keys: KeyRing;
  readonly #lastUse: LastUse;
  readonly #settings: AccountSettings;
  readonly #now: () => number;
  readonly #givenRoot: string;
  readonly #rootMayBeReplaced: boolean;
  #tokens: SessionTokens | undefined;

  private constructor(
    room: RoomStore,
    root: GivenRootCredentials,
    account: string,
    secrets: Secrets,
    { clock = Date.now, log }: DirectoryOptions,
  ) {
    this.account = account;
    this.#ledger = new Ledger(room);
    this.#watch = new GenerationWatch(room);
    this.#settings = new AccountSettings(room, this.#ledger, this.#watch);
    this.#secrets = secrets;
    this.#now = clock;
    this.#givenRoot = root.accessKeyId;
    // What the environment says is the environment's to change, and so is what nobody can tell of.
    this.#rootMayBeReplaced = root.source === 'file' || root.source === 'generated';
    this.#keys = new KeyRing({
      room,
      watch: this.#watch,
      secrets,
      root,
      account,
      rootMayBeReplaced: this.#rootMayBeReplaced && secrets.areSealed,
    });
    this.#lastUse = new LastUse(room, clock, (error) => {
      log?.warn({ err: error }, 'when an access key was last used could not be written down');
    });
  }

  /**
   * Opens the directory in a store; makes the first account if the store is new. Throws
   * DirectoryKeyError when the secrets in the store are sealed with another key than the one given.
   */
  static async open(
    room: RoomStore,
    root: GivenRootCredentials,
    options: DirectoryOptions = {},
  ): Promise<Directory> {
    const account = await firstAccount(room);
    const secrets = await Secrets.open(room, options.key);
    return new Directory(room, root, account, secrets, options);
  }

  /**
   * The lasting access key of an id; undefined if there is none, or it is inactive. Costs one look at
   * one entry, and more only after the directory has changed: a key that was deleted or made inactive
   * is not found by whoever asks after that was answered, in whichever process.
   */
  findAccessKey(id: string): Awaitable<AccessKey | undefined> {
    return after(this.#keys.find(id), (found) => (found?.isActive ? found.key : undefined));
  }

  /** Whether an id is that of a lasting access key that is inactive, for the words of a refusal. */
  isInactive(id: string): Awaitable<boolean> {
    return after(this.#keys.find(id), (found) => found?.isActive === false);
  }

  /** The session of a temporary access key and its token. */
  findSession(id: string, token: string): Awaitable<SessionLookup> {
    if (!this.#secrets.areSealed) return { outcome: 'invalid' };
    const key = this.#sessionTokens().open(token);
    if (key === undefined) return { outcome: 'invalid' };
    if (key.id !== id) return { outcome: 'mismatch' };
    if (this.#now() >= key.principal.expires) return { outcome: 'expired' };
    return after(this.#keys.isAlive(key.origin), (isAlive) =>
      isAlive ? { outcome: 'found', key } : { outcome: 'ended' },
    );
  }

  /** Notes that a key was used, for `Oss`, `Ram` or `Sts`. Returns at once. */
  noteUse({ id, origin }: AccessKey, service: string): void {
    // RAM knows of no last use of a session.
    if (origin === undefined) this.#lastUse.note(id, service);
  }

  /** Whether Block Public Access is on for all that an account owns. */
  blocksPublicAccess(account: string, hasLooked = false): Awaitable<boolean> {
    return after(
      this.#settings.of(account, hasLooked),
      ({ blocksPublicAccess }) => blocksPublicAccess,
    );
  }

  /** Turns Block Public Access on or off for all that an account owns. */
  blockPublicAccess(account: string, blocksPublicAccess: boolean): Promise<void> {
    return this.#settings.set(account, { blocksPublicAccess });
  }

  /** What there is to manage, in a policy language. */
  identities<Policy, Trust>(language: PolicyLanguage<Policy, Trust>): Identities<Policy, Trust> {
    return new Identities({
      ledger: this.#ledger,
      watch: this.#watch,
      language,
      secrets: this.#secrets,
      tokens: () => this.#sessionTokens(),
      now: this.#now,
    });
  }

  /** The root access key that counts. */
  async root(): Promise<RootCredentials> {
    const { id, secret } = await this.#keys.root();
    return { accessKeyId: id, accessKeySecret: secret };
  }

  /**
   * Puts a new root access key in the place of the one that was generated or rotated before, which is
   * refused from then on. Throws RamError when the environment sets it, or without a directory key.
   */
  async rotateRoot(): Promise<RootCredentials> {
    if (!this.#rootMayBeReplaced) throw RamError.of('RootKeyOfEnvironment');
    const made = generateCredentials();
    const { accessKeyId: id, accessKeySecret } = made;
    const secret = this.#secrets.seal(accessKeySecret, rootKeyContext(id));
    await this.#ledger.change(async (draft) => {
      draft.put(entryKeys.rootKey, {
        id,
        replaces: this.#givenRoot,
        secret,
        created: this.#now(),
      });
    });
    return made;
  }

  /** Resolves when what was noted is written down. */
  close(): Promise<void> {
    return this.#lastUse.settled();
  }

  #sessionTokens(): SessionTokens {
    this.#tokens ??= new SessionTokens(this.#secrets.directoryKey);
    return this.#tokens;
  }
}

async function firstAccount(room: RoomStore): Promise<string> {
  const kept = await room.get(FIRST_ACCOUNT);
  if (kept !== undefined) return kept.toString('ascii');
  const account = newAccountUid();
  const outcome = await room.commit(
    [{ absent: FIRST_ACCOUNT }],
    [{ put: FIRST_ACCOUNT, value: Buffer.from(account, 'ascii') }],
  );
  return outcome === 'committed' ? account : firstAccount(room);
}
