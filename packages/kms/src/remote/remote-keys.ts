import {
  type Alias,
  type DataKey,
  DEFAULT_KEY_ALIAS,
  type Decrypted,
  type Encrypted,
  type EncryptionContext,
  type KeyFilters,
  type KeyMetadata,
  type KeyService,
  type KeyState,
  type KeyVersion,
  type NumberedPage,
  type PageNumber,
} from '../key-service.js';
import { KmsError } from '../kms-error.js';
import { AnswerReader } from './answer-reader.js';
import type { DataKeyCache } from './data-key-cache.js';
import type { CallParameters, KmsCaller } from './kms-caller.js';
import type { Withdrawals } from './withdrawals.js';

/** Longer ones are no data keys, and not kept. */
const MOST_KEPT_BYTES = 1024;

/** The keys of the account of another KMS that this server has an access key of. */
export class RemoteKeys implements KeyService {
  readonly #caller: KmsCaller;
  readonly #cache: DataKeyCache;
  readonly #withdrawals: Withdrawals;
  readonly #defaultKey: string;

  constructor(
    caller: KmsCaller,
    cache: DataKeyCache,
    withdrawals: Withdrawals,
    defaultKey: string,
  ) {
    this.#caller = caller;
    this.#cache = cache;
    this.#withdrawals = withdrawals;
    this.#defaultKey = defaultKey;
  }

  async generateDataKey({
    keyId = DEFAULT_KEY_ALIAS,
    bytes,
    context,
  }: Parameters<KeyService['generateDataKey']>[0]): Promise<DataKey> {
    const answer = await this.#ask('GenerateDataKey', {
      KeyId: this.#nameThere(keyId),
      ...(bytes === undefined ? { KeySpec: 'AES_256' } : { NumberOfBytes: bytes }),
      ...contextParameter('EncryptionContext', context),
    });
    return { ...encrypted(answer), plaintext: answer.bytes('Plaintext') };
  }

  async encrypt({
    keyId,
    plaintext,
    context,
  }: Parameters<KeyService['encrypt']>[0]): Promise<Encrypted> {
    const answer = await this.#ask('Encrypt', {
      KeyId: keyId,
      Plaintext: Buffer.from(plaintext).toString('base64'),
      ...contextParameter('EncryptionContext', context),
    });
    return encrypted(answer);
  }

  async decrypt({
    ciphertextBlob,
    context,
  }: Parameters<KeyService['decrypt']>[0]): Promise<Decrypted> {
    await this.#withdrawals.look();
    const known = this.#cache.get(ciphertextBlob, context);
    if (known !== undefined) return known;
    const { cleared } = this.#cache;
    const answer = await this.#ask('Decrypt', {
      CiphertextBlob: ciphertextBlob,
      ...contextParameter('EncryptionContext', context),
    });
    const key = {
      keyId: answer.text('KeyId'),
      keyVersionId: answer.textIfAny('KeyVersionId') ?? '',
      plaintext: answer.bytes('Plaintext'),
    };
    // What was on its way while a key was withdrawn may have been unwrapped before.
    const mayKeep = key.plaintext.length <= MOST_KEPT_BYTES && cleared === this.#cache.cleared;
    if (mayKeep) this.#cache.put(ciphertextBlob, context, key);
    return key;
  }

  async reencrypt({
    ciphertextBlob,
    sourceContext,
    keyId,
    context,
  }: Parameters<KeyService['reencrypt']>[0]): Promise<Encrypted> {
    const answer = await this.#ask('ReEncrypt', {
      CiphertextBlob: ciphertextBlob,
      DestinationKeyId: keyId,
      ...contextParameter('SourceEncryptionContext', sourceContext),
      ...contextParameter('DestinationEncryptionContext', context),
    });
    return encrypted(answer);
  }

  /** Only the KMS that made it can read a ciphertext. */
  usedKeyIn(): undefined {
    return undefined;
  }

  async keyIdOf(name: string): Promise<string | undefined> {
    try {
      return (await this.describeKey(this.#nameThere(name))).keyId;
    } catch (error) {
      if (!(error instanceof KmsError)) throw error;
      if (error.reason === 'KeyNotFound' || error.reason === 'AliasNotFound') return undefined;
      throw error;
    }
  }

  async createKey({
    description,
    rotationInterval,
  }: Parameters<KeyService['createKey']>[0]): Promise<KeyMetadata> {
    const answer = await this.#tell('CreateKey', {
      Description: description,
      ...(rotationInterval !== undefined && {
        EnableAutomaticRotation: true,
        RotationInterval: `${rotationInterval}s`,
      }),
    });
    return metadata(answer);
  }

  async describeKey(name: string): Promise<KeyMetadata> {
    const KeyId = name === DEFAULT_KEY_ALIAS ? this.#defaultKey : name;
    return metadata(await this.#ask('DescribeKey', { KeyId }));
  }

  async listKeys(
    page: PageNumber,
    filters: KeyFilters = [],
  ): Promise<NumberedPage<Pick<KeyMetadata, 'keyId' | 'arn'>>> {
    const told = filters.map(({ property, values }) => ({ Key: property, Values: values }));
    const answer = await this.#ask('ListKeys', {
      ...pageParameters(page),
      ...(told.length > 0 && { Filters: JSON.stringify(told) }),
    });
    return pageOf(answer, answer.list('Keys', 'Key'), (key) => ({
      keyId: key.text('KeyId'),
      arn: key.text('KeyArn'),
    }));
  }

  async enableKey(name: string): Promise<void> {
    await this.#ask('EnableKey', { KeyId: name });
  }

  async disableKey(name: string): Promise<void> {
    await this.#withdraw(this.#ask('DisableKey', { KeyId: name }));
  }

  async scheduleKeyDeletion(name: string, days: number): Promise<void> {
    const parameters = { KeyId: name, PendingWindowInDays: days };
    await this.#withdraw(this.#tell('ScheduleKeyDeletion', parameters));
  }

  async cancelKeyDeletion(name: string): Promise<void> {
    await this.#tell('CancelKeyDeletion', { KeyId: name });
  }

  async updateRotationPolicy(name: string, interval: number | undefined): Promise<void> {
    await this.#ask('UpdateRotationPolicy', {
      KeyId: name,
      EnableAutomaticRotation: interval !== undefined,
      RotationInterval: interval === undefined ? undefined : `${interval}s`,
    });
  }

  async createKeyVersion(name: string): Promise<KeyVersion> {
    return version((await this.#tell('CreateKeyVersion', { KeyId: name })).within('KeyVersion'));
  }

  async describeKeyVersion(name: string, keyVersionId: string): Promise<KeyVersion> {
    const parameters = { KeyId: name, KeyVersionId: keyVersionId };
    return version((await this.#ask('DescribeKeyVersion', parameters)).within('KeyVersion'));
  }

  async listKeyVersions(name: string, page: PageNumber): Promise<NumberedPage<KeyVersion>> {
    const answer = await this.#ask('ListKeyVersions', { KeyId: name, ...pageParameters(page) });
    return pageOf(answer, answer.list('KeyVersions', 'KeyVersion'), version);
  }

  async createAlias(alias: string, name: string): Promise<void> {
    await this.#tell('CreateAlias', { AliasName: alias, KeyId: name });
  }

  async updateAlias(alias: string, name: string): Promise<void> {
    await this.#ask('UpdateAlias', { AliasName: alias, KeyId: name });
  }

  async deleteAlias(alias: string): Promise<void> {
    await this.#tell('DeleteAlias', { AliasName: alias });
  }

  async listAliases(page: PageNumber): Promise<NumberedPage<Alias>> {
    const answer = await this.#ask('ListAliases', pageParameters(page));
    return pageOf(answer, answer.list('Aliases', 'Alias'), aliasOf);
  }

  async listAliasesOfKey(name: string, page: PageNumber): Promise<NumberedPage<Alias>> {
    const parameters = { KeyId: name, ...pageParameters(page) };
    const answer = await this.#ask('ListAliasesByKeyId', parameters);
    return pageOf(answer, answer.list('Aliases', 'Alias'), aliasOf);
  }

  /** The default key may go by another name there: whoever says its alias here means the same as who says nothing. */
  #nameThere(name: string): string {
    return name === DEFAULT_KEY_ALIAS ? this.#defaultKey : name;
  }

  /** Waits for a call that withdraws a key: one that is not answered may have been served all the same. */
  async #withdraw(call: Promise<AnswerReader>): Promise<void> {
    try {
      await call;
    } finally {
      await this.#withdrawals.tell();
    }
  }

  /** A call that may be made twice: the second does no more than the first. */
  async #ask(action: string, parameters: CallParameters): Promise<AnswerReader> {
    const answer = await this.#caller.call(action, parameters, { isRepeatable: true });
    return new AnswerReader(answer);
  }

  /** A call that makes something, or is refused the second time. */
  async #tell(action: string, parameters: CallParameters): Promise<AnswerReader> {
    const answer = await this.#caller.call(action, parameters, { isRepeatable: false });
    return new AnswerReader(answer);
  }
}

/** As KMS takes it: an empty context is none. */
function contextParameter(name: string, context: EncryptionContext = {}): CallParameters {
  return Object.keys(context).length === 0 ? {} : { [name]: JSON.stringify(context) };
}

const pageParameters = ({ number, size }: PageNumber): CallParameters => ({
  PageNumber: number,
  PageSize: size,
});

const encrypted = (answer: AnswerReader): Encrypted => ({
  keyId: answer.text('KeyId'),
  keyVersionId: answer.textIfAny('KeyVersionId') ?? '',
  ciphertextBlob: answer.text('CiphertextBlob'),
});

function metadata(answer: AnswerReader): KeyMetadata {
  const key = answer.within('KeyMetadata');
  const created = key.time('CreationDate');
  const interval = key.textIfAny('RotationInterval');
  return {
    keyId: key.text('KeyId'),
    arn: key.text('Arn'),
    state: stateOf(key.text('KeyState')),
    spec: key.text('KeySpec'),
    usage: key.text('KeyUsage'),
    origin: key.text('Origin'),
    protectionLevel: key.text('ProtectionLevel'),
    description: key.textIfAny('Description') ?? '',
    creator: key.text('Creator'),
    created,
    deletion: key.timeIfAny('DeleteDate'),
    primaryVersionId: key.textIfAny('PrimaryKeyVersion') ?? '',
    lastRotation: key.timeIfAny('LastRotationDate') ?? created,
    automaticRotation: rotationOf(key.textIfAny('AutomaticRotation')),
    rotationInterval: interval === undefined ? undefined : Number.parseInt(interval, 10),
    nextRotation: key.timeIfAny('NextRotationDate'),
  };
}

const STATES: readonly KeyState[] = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport'];

function stateOf(text: string): KeyState {
  const state = STATES.find((known) => known === text);
  if (state === undefined) throw KmsError.of('Internal');
  return state;
}

const rotationOf = (text: string | undefined): KeyMetadata['automaticRotation'] =>
  text === 'Enabled' || text === 'Suspended' ? text : 'Disabled';

const version = (answer: AnswerReader): KeyVersion => ({
  keyId: answer.text('KeyId'),
  keyVersionId: answer.text('KeyVersionId'),
  created: answer.time('CreationDate'),
});

const aliasOf = (answer: AnswerReader): Alias => ({
  name: answer.text('AliasName'),
  arn: answer.text('AliasArn'),
  keyId: answer.text('KeyId'),
});

const pageOf = <T>(
  answer: AnswerReader,
  items: readonly AnswerReader[],
  read: (item: AnswerReader) => T,
): NumberedPage<T> => ({ items: items.map(read), total: answer.number('TotalCount') });
