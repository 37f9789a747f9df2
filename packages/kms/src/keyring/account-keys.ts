import { randomBytes, randomUUID } from 'node:crypto';
import {
  type Alias,
  type DataKey,
  DEFAULT_KEY_ALIAS,
  type Decrypted,
  type Encrypted,
  type EncryptionContext,
  type KeyFilters,
  type KeyMetadata,
  type KeyProperty,
  type KeyService,
  type KeyVersion,
  type NumberedPage,
  type PageNumber,
  type UsedKey,
} from '../key-service.js';
import { KmsError } from '../kms-error.js';
import { openBlob, readBlob, sealBlob } from './ciphertext-blob.js';
import { aliasesIn, entryKeys, type KeyEntry, type KeyScope, keysIn } from './entries.js';
import { checkInterval, DAY, isWhole, LIMITS } from './key-limits.js';
import { aliasName, arnOf, changeableAlias, keyNameOf } from './key-name.js';
import type { KeyRecords } from './key-records.js';
import { shownKey } from './shown-key.js';

const DEFAULT_DATA_KEY_BYTES = 32;
const DEFAULT_ALIAS = DEFAULT_KEY_ALIAS.slice('alias/'.length);

/** The keys of one account that are kept here. */
export class AccountKeys implements KeyService {
  readonly #records: KeyRecords;
  readonly #scope: KeyScope;

  constructor(records: KeyRecords, scope: KeyScope) {
    this.#records = records;
    this.#scope = scope;
  }

  async generateDataKey({
    keyId = DEFAULT_KEY_ALIAS,
    bytes = DEFAULT_DATA_KEY_BYTES,
    context,
  }: Parameters<KeyService['generateDataKey']>[0]): Promise<DataKey> {
    if (!isWhole(bytes, 1, LIMITS.dataKeyBytes)) throw KmsError.invalid('NumberOfBytes');
    this.#records.checkUnlocked();
    const key = await this.#usable(await this.#idToSealWith(keyId));
    const plaintext = randomBytes(bytes);
    return { ...(await this.#seal(key, plaintext, context)), plaintext };
  }

  async encrypt({
    keyId,
    plaintext,
    context,
  }: Parameters<KeyService['encrypt']>[0]): Promise<Encrypted> {
    if (!isWhole(plaintext.length, 1, LIMITS.plaintextBytes)) throw KmsError.invalid('Plaintext');
    return this.#seal(await this.#usable(await this.#id(keyId)), plaintext, context);
  }

  async decrypt({
    ciphertextBlob,
    context,
  }: Parameters<KeyService['decrypt']>[0]): Promise<Decrypted> {
    this.#records.checkUnlocked();
    const blob = readBlob(ciphertextBlob);
    if (blob === undefined) throw KmsError.invalid('CiphertextBlob');
    const { keyId, keyVersionId } = blob;
    checkEnabled(await this.#found(keyId));
    const version = await this.#records.findVersion(this.#scope, keyId, keyVersionId);
    if (version === undefined) throw KmsError.of('KeyVersionNotFound');
    const plaintext = this.#records.withMasterKey(this.#scope, keyId, version, (masterKey) =>
      openBlob(masterKey, blob, context),
    );
    // Which of both is another, the ciphertext or the context, is not told.
    if (plaintext === undefined) throw KmsError.invalid('CiphertextBlob');
    return { keyId, keyVersionId, plaintext };
  }

  async reencrypt({
    ciphertextBlob,
    sourceContext,
    keyId,
    context,
  }: Parameters<KeyService['reencrypt']>[0]): Promise<Encrypted> {
    const { plaintext } = await this.decrypt({ ciphertextBlob, context: sourceContext });
    try {
      return await this.#seal(await this.#usable(await this.#id(keyId)), plaintext, context);
    } finally {
      plaintext.fill(0);
    }
  }

  usedKeyIn(ciphertextBlob: string): UsedKey | undefined {
    return readBlob(ciphertextBlob);
  }

  async keyIdOf(name: string): Promise<string | undefined> {
    this.#records.checkUnlocked();
    const named = keyNameOf(name, this.#scope);
    if (named === undefined) return undefined;
    const id = 'id' in named ? named.id : await this.#records.idOfAlias(this.#scope, named.alias);
    const key = id === undefined ? undefined : await this.#records.find(this.#scope, id);
    return key?.id;
  }

  async createKey({
    description = '',
    rotationInterval,
  }: Parameters<KeyService['createKey']>[0]): Promise<KeyMetadata> {
    if (description.length > LIMITS.descriptionLength) throw KmsError.invalid('Description');
    checkInterval(rotationInterval);
    this.#records.checkUnlocked();
    const key = await this.#records.change(async (draft) => {
      const kept = await this.#records.count(draft, keysIn(this.#scope));
      if (kept >= LIMITS.keys) throw KmsError.of('LimitExceeded');
      return this.#newKey(draft, { description, rotationInterval });
    });
    return shownKey(key, this.#scope);
  }

  async describeKey(name: string): Promise<KeyMetadata> {
    return shownKey(await this.#current(await this.#id(name)), this.#scope);
  }

  async listKeys(
    page: PageNumber,
    filters: KeyFilters = [],
  ): Promise<NumberedPage<Pick<KeyMetadata, 'keyId' | 'arn'>>> {
    this.#records.checkUnlocked();
    const keys = await this.#records.keys(this.#scope);
    const shown = keys.map((key) => ({ key, metadata: shownKey(key, this.#scope) }));
    const those = shown.filter(({ key, metadata }) =>
      filters.every(({ property, values }) => values.includes(propertyOf(property, metadata, key))),
    );
    return onPage(page, those, ({ metadata: { keyId, arn } }) => ({ keyId, arn }));
  }

  enableKey(name: string): Promise<void> {
    return this.#update(name, (key) => {
      if (key.deletion !== undefined) throw KmsError.of('StateConflict');
      return { ...key, enabled: true };
    });
  }

  disableKey(name: string): Promise<void> {
    return this.#update(name, (key) => {
      if (key.deletion !== undefined) throw KmsError.of('StateConflict');
      return { ...key, enabled: false };
    });
  }

  async scheduleKeyDeletion(name: string, days: number): Promise<void> {
    if (!isWhole(days, LIMITS.leastDeletionDays, LIMITS.mostDeletionDays)) {
      throw KmsError.invalid('PendingWindowInDays');
    }
    await this.#update(name, (key) => {
      if (key.deletion !== undefined) throw KmsError.of('StateConflict');
      return { ...key, deletion: this.#records.now + days * DAY * 1000 };
    });
  }

  cancelKeyDeletion(name: string): Promise<void> {
    return this.#update(name, ({ deletion, ...key }) => {
      if (deletion === undefined) throw KmsError.of('StateConflict');
      return { ...key, enabled: true };
    });
  }

  async updateRotationPolicy(name: string, interval: number | undefined): Promise<void> {
    checkInterval(interval);
    await this.#update(name, (key) => {
      checkEnabled(key);
      // As KMS has it, a service's key is the service's to rotate.
      if (key.service !== undefined) throw KmsError.of('OperationUnsupported');
      return { ...key, rotationInterval: interval };
    });
  }

  async createKeyVersion(name: string): Promise<KeyVersion> {
    const id = await this.#id(name);
    const { primary, rotated } = await this.#records.change(async (draft) => {
      const key = await this.#records.keyIn(draft, this.#scope, id);
      checkEnabled(key);
      if (key.versions >= LIMITS.versions) throw KmsError.of('LimitExceeded');
      return this.#records.rotated(draft, this.#scope, key);
    });
    return { keyId: id, keyVersionId: primary, created: rotated };
  }

  async describeKeyVersion(name: string, keyVersionId: string): Promise<KeyVersion> {
    const { id } = await this.#current(await this.#id(name));
    const version = await this.#records.findVersion(this.#scope, id, keyVersionId);
    if (version === undefined) throw KmsError.of('KeyVersionNotFound');
    return { keyId: id, keyVersionId, created: version.created };
  }

  async listKeyVersions(name: string, page: PageNumber): Promise<NumberedPage<KeyVersion>> {
    const { id } = await this.#current(await this.#id(name));
    const versions = await this.#records.versions(this.#scope, id);
    return onPage(page, versions.reverse(), (version) => ({
      keyId: id,
      keyVersionId: version.id,
      created: version.created,
    }));
  }

  async createAlias(alias: string, name: string): Promise<void> {
    const own = changeableAlias(alias);
    const id = await this.#id(name);
    await this.#records.change(async (draft) => {
      const key = await this.#records.keyIn(draft, this.#scope, id);
      if (key.deletion !== undefined) throw KmsError.of('StateConflict');
      const entry = entryKeys.alias(this.#scope, own);
      if ((await draft.read(entry)) !== undefined) throw KmsError.of('AliasExists');
      const kept = await this.#records.count(draft, aliasesIn(this.#scope));
      if (kept >= LIMITS.aliases) throw KmsError.of('LimitExceeded');
      draft.put(entry, { key: id });
    });
  }

  async updateAlias(alias: string, name: string): Promise<void> {
    const own = changeableAlias(alias);
    const id = await this.#id(name);
    await this.#records.change(async (draft) => {
      const key = await this.#records.keyIn(draft, this.#scope, id);
      const entry = entryKeys.alias(this.#scope, own);
      if ((await draft.read(entry)) === undefined) throw KmsError.of('AliasNotFound');
      if (key.deletion !== undefined) throw KmsError.of('PendingDeletion');
      draft.put(entry, { key: id });
    });
  }

  async deleteAlias(alias: string): Promise<void> {
    const own = changeableAlias(alias);
    this.#records.checkUnlocked();
    await this.#records.change(async (draft) => {
      const entry = entryKeys.alias(this.#scope, own);
      if ((await draft.read(entry)) === undefined) throw KmsError.of('AliasNotFound');
      draft.delete(entry);
    });
  }

  async listAliases(page: PageNumber): Promise<NumberedPage<Alias>> {
    this.#records.checkUnlocked();
    return this.#aliasesOn(page, () => true);
  }

  async listAliasesOfKey(name: string, page: PageNumber): Promise<NumberedPage<Alias>> {
    const id = await this.#id(name);
    return this.#aliasesOn(page, (key) => key === id);
  }

  async #aliasesOn(
    page: PageNumber,
    isWanted: (key: string) => boolean,
  ): Promise<NumberedPage<Alias>> {
    const aliases = await this.#records.aliases(this.#scope);
    const those = aliases.filter(({ key }) => isWanted(key));
    return onPage(page, those, ({ alias, key }) => {
      const name = aliasName(alias);
      return { name, arn: arnOf(this.#scope, name), keyId: key };
    });
  }

  /** The id of the key of a name; throws KmsError. */
  async #id(name: string): Promise<string> {
    const id = await this.keyIdOf(name);
    if (id !== undefined) return id;
    const named = keyNameOf(name, this.#scope);
    const isAlias = named === undefined ? name.includes('alias/') : 'alias' in named;
    throw KmsError.of(isAlias ? 'AliasNotFound' : 'KeyNotFound');
  }

  /** The same, where the default key is made if it is not there. */
  async #idToSealWith(name: string): Promise<string> {
    const named = keyNameOf(name, this.#scope);
    if (named === undefined || !('alias' in named) || named.alias !== DEFAULT_ALIAS) {
      return this.#id(name);
    }
    const known = await this.keyIdOf(name);
    return known ?? this.#makeDefaultKey();
  }

  #makeDefaultKey(): Promise<string> {
    return this.#records.change(async (draft) => {
      const alias = entryKeys.alias(this.#scope, DEFAULT_ALIAS);
      const kept = await draft.read(alias);
      // One that is gone is not swept yet: its place is taken all the same.
      const key = kept && (await this.#records.keyIfAny(draft, this.#scope, kept.key));
      if (key !== undefined) return key.id;
      const { id } = this.#newKey(draft, { description: 'The default key of OSS', service: 'OSS' });
      draft.put(alias, { key: id });
      return id;
    });
  }

  #newKey(
    draft: Parameters<KeyRecords['addVersion']>[0],
    given: Pick<KeyEntry, 'description' | 'service' | 'rotationInterval'>,
  ): KeyEntry {
    const id = randomUUID();
    const version = this.#records.addVersion(draft, this.#scope, id);
    const { created } = version;
    const key: KeyEntry = {
      id,
      ...given,
      created,
      enabled: true,
      primary: version.id,
      rotated: created,
      versions: 1,
    };
    draft.put(entryKeys.key(this.#scope, id), key);
    return key;
  }

  /** A key that is there; throws KmsError. */
  async #found(id: string): Promise<KeyEntry> {
    this.#records.checkUnlocked();
    const key = await this.#records.find(this.#scope, id);
    if (key === undefined) throw KmsError.of('KeyNotFound');
    return key;
  }

  /** The same, rotated if that is due. */
  async #current(id: string): Promise<KeyEntry> {
    const key = await this.#found(id);
    if (!this.#records.isRotationDue(key)) return key;
    try {
      return await this.#records.rotateIfDue(this.#scope, id);
    } catch (error) {
      // A full disk keeps nobody from using the version that there is.
      if (error instanceof KmsError && error.reason === 'StorageFull') return key;
      throw error;
    }
  }

  /** The same, of a key that may be used. */
  async #usable(id: string): Promise<KeyEntry> {
    const key = await this.#current(id);
    checkEnabled(key);
    return key;
  }

  async #seal(
    { id, primary }: KeyEntry,
    plaintext: Uint8Array,
    context: EncryptionContext | undefined,
  ): Promise<Encrypted> {
    const version = await this.#records.findVersion(this.#scope, id, primary);
    if (version === undefined) throw KmsError.of('KeyVersionNotFound');
    const used = { keyId: id, keyVersionId: primary };
    const ciphertextBlob = this.#records.withMasterKey(this.#scope, id, version, (masterKey) =>
      sealBlob(masterKey, used, plaintext, context),
    );
    return { ...used, ciphertextBlob };
  }

  async #update(name: string, change: (key: KeyEntry) => KeyEntry): Promise<void> {
    const id = await this.#id(name);
    await this.#records.change(async (draft) => {
      const key = await this.#records.keyIn(draft, this.#scope, id);
      draft.put(entryKeys.key(this.#scope, id), change(key));
    });
  }
}

function checkEnabled({ enabled, deletion }: KeyEntry): void {
  if (deletion !== undefined) throw KmsError.of('PendingDeletion');
  if (!enabled) throw KmsError.of('Disabled');
}

function propertyOf(
  property: KeyProperty,
  { state, spec, usage, protectionLevel }: KeyMetadata,
  { service }: KeyEntry,
): string {
  switch (property) {
    case 'KeyState':
      return state;
    case 'KeySpec':
      return spec;
    case 'KeyUsage':
      return usage;
    case 'ProtectionLevel':
      return protectionLevel;
    case 'CreatorType':
      return service === undefined ? 'User' : 'Service';
  }
}

function onPage<T, Shown>(
  { number, size }: PageNumber,
  items: readonly T[],
  show: (item: T) => Shown,
): NumberedPage<Shown> {
  const from = (number - 1) * size;
  return { items: items.slice(from, from + size).map(show), total: items.length };
}
