import { type KeyFilters, type KeyMetadata, KmsError, keyProperties } from '@openoss/kms';
import type { Answer } from '../../answer/answer-value.js';
import type { Operation } from '../../operation/operation.js';
import { boolean, integer, optional, required, text } from '../../operation/parameter.js';
import { RpcError } from '../../rpc-error.js';
import { shownDate } from '../shown.js';
import { done, kmsOperation, namedKey } from './kms-operation.js';
import {
  askedPage,
  interval,
  keyButNoAlias,
  keyId,
  pageNumber,
  pageSize,
  shownPage,
} from './kms-parameters.js';

const dateIfAny = (instant: number | undefined): string =>
  instant === undefined ? '' : shownDate(instant);

function shownKey(key: KeyMetadata): Answer {
  const rotation = key.rotationInterval !== undefined && {
    RotationInterval: `${key.rotationInterval}s`,
    NextRotationDate: dateIfAny(key.nextRotation),
  };
  return {
    KeyId: key.keyId,
    Arn: key.arn,
    KeyState: key.state,
    KeySpec: key.spec,
    KeyUsage: key.usage,
    Origin: key.origin,
    ProtectionLevel: key.protectionLevel,
    Description: key.description,
    Creator: key.creator,
    CreationDate: shownDate(key.created),
    DeleteDate: dateIfAny(key.deletion),
    MaterialExpireTime: '',
    PrimaryKeyVersion: key.primaryVersionId,
    LastRotationDate: shownDate(key.lastRotation),
    AutomaticRotation: key.automaticRotation,
    ...rotation,
    DeletionProtection: 'Disabled',
  };
}

const MOST_FILTERS = 10;

/** The filters of a list of keys: `[{"Key": "KeyState", "Values": ["Enabled"]}]`. */
const filters = {
  name: 'string',
  read(value: string, parameter: string): KeyFilters {
    const told = value === '' ? [] : parsedFilters(value, parameter);
    if (told.length > MOST_FILTERS) throw KmsError.invalid(parameter);
    return told.map((filter: unknown) => {
      if (typeof filter !== 'object' || filter === null) throw KmsError.invalid(parameter);
      const { Key: key, Values: values } = filter as Readonly<Record<string, unknown>>;
      if (typeof key !== 'string' || !isTexts(values)) throw KmsError.invalid(parameter);
      const property = keyProperties.find((known) => known === key);
      if (property === undefined) throw RpcError.unsupported(`${parameter}.${key}`);
      return { property, values };
    });
  },
} as const;

function parsedFilters(json: string, parameter: string): unknown[] {
  try {
    const value: unknown = JSON.parse(json);
    if (Array.isArray(value)) return value;
  } catch {
    // No JSON is no list either.
  }
  throw KmsError.invalid(parameter);
}

const isTexts = (values: unknown): values is readonly string[] =>
  Array.isArray(values) &&
  values.length <= MOST_FILTERS &&
  values.every((value) => typeof value === 'string');

/** https://www.alibabacloud.com/help/en/kms/key-management-service/developer-reference/api-kms-2016-01-20-dir-keys/ */
export const kmsKeyOperations: readonly Operation[] = [
  kmsOperation({
    name: 'CreateKey',
    doc: 'Creates a key.',
    parameters: {
      description: optional('Description', text),
      keySpec: optional('KeySpec', text),
      keyUsage: optional('KeyUsage', text),
      origin: optional('Origin', text),
      protectionLevel: optional('ProtectionLevel', text),
      enableAutomaticRotation: optional('EnableAutomaticRotation', boolean),
      rotationInterval: optional('RotationInterval', interval),
    },
    unsupported: ['DKMSInstanceId', 'KeyStorageMechanism', 'Policy', 'Tags'],
    prepare(input, keys) {
      const { description, keySpec = '', keyUsage = '', origin = '', protectionLevel = '' } = input;
      if (!['', 'Aliyun_AES_256'].includes(keySpec)) throw KmsError.of('OperationUnsupported');
      if (!['', 'ENCRYPT/DECRYPT'].includes(keyUsage)) throw KmsError.of('OperationUnsupported');
      if (!['', 'Aliyun_KMS'].includes(origin)) throw KmsError.of('OriginUnsupported');
      if (!['', 'SOFTWARE'].includes(protectionLevel)) {
        throw KmsError.of('ProtectionLevelUnsupported');
      }
      const rotationInterval = rotationOf(input.enableAutomaticRotation, input.rotationInterval);
      return {
        needs: [{ action: 'CreateKey', resource: 'key' }],
        run: async () => ({
          KeyMetadata: shownKey(await keys.createKey({ description, rotationInterval })),
        }),
      };
    },
  }),
  kmsOperation({
    name: 'DescribeKey',
    doc: 'Tells about a key.',
    parameters: { keyId },
    async prepare(input, keys) {
      const { key, need } = await namedKey(keys, input.keyId, 'DescribeKey');
      return {
        needs: [need],
        run: async () => ({ KeyMetadata: shownKey(await keys.describeKey(key)) }),
      };
    },
  }),
  kmsOperation({
    name: 'ListKeys',
    doc: 'Lists the keys of the account in the region.',
    parameters: { pageNumber, pageSize, filters: optional('Filters', filters) },
    prepare(input, keys) {
      const page = askedPage(input, { least: 1, most: 100 });
      return {
        needs: [{ action: 'ListKeys', resource: 'key' }],
        run: async () => {
          const listed = await keys.listKeys(page, input.filters);
          const shown = listed.items.map(({ keyId: id, arn }) => ({ KeyId: id, KeyArn: arn }));
          return { ...shownPage(listed, page), Keys: { Key: shown } };
        },
      };
    },
  }),
  kmsOperation({
    name: 'EnableKey',
    doc: 'Lets a key be used.',
    parameters: { keyId: keyButNoAlias },
    prepare: async (input, keys) =>
      done(await namedKey(keys, input.keyId, 'EnableKey'), (key) => keys.enableKey(key)),
  }),
  kmsOperation({
    name: 'DisableKey',
    doc: 'Lets a key not be used, until it is enabled again.',
    parameters: { keyId: keyButNoAlias },
    prepare: async (input, keys) =>
      done(await namedKey(keys, input.keyId, 'DisableKey'), (key) => keys.disableKey(key)),
  }),
  kmsOperation({
    name: 'ScheduleKeyDeletion',
    doc: 'Lets a key not be used any more, and deletes it after some days.',
    parameters: {
      keyId: keyButNoAlias,
      pendingWindowInDays: required('PendingWindowInDays', integer),
    },
    prepare: async (input, keys) =>
      done(await namedKey(keys, input.keyId, 'ScheduleKeyDeletion'), (key) =>
        keys.scheduleKeyDeletion(key, input.pendingWindowInDays),
      ),
  }),
  kmsOperation({
    name: 'CancelKeyDeletion',
    doc: 'Keeps a key that was to be deleted, and lets it be used again.',
    parameters: { keyId: keyButNoAlias },
    prepare: async (input, keys) =>
      done(await namedKey(keys, input.keyId, 'CancelKeyDeletion'), (key) =>
        keys.cancelKeyDeletion(key),
      ),
  }),
  kmsOperation({
    name: 'UpdateRotationPolicy',
    doc: 'Has a key rotated by itself, or not any more.',
    parameters: {
      keyId: keyButNoAlias,
      enableAutomaticRotation: required('EnableAutomaticRotation', boolean),
      rotationInterval: optional('RotationInterval', interval),
    },
    async prepare(input, keys) {
      const every = rotationOf(input.enableAutomaticRotation, input.rotationInterval);
      const named = await namedKey(keys, input.keyId, 'UpdateRotationPolicy');
      return done(named, (key) => keys.updateRotationPolicy(key, every));
    },
  }),
];

/** The interval of the rotation that is asked for; it does not count where none is. */
function rotationOf(isEnabled = false, seconds?: number): number | undefined {
  if (!isEnabled) return undefined;
  if (seconds === undefined) throw RpcError.missing('RotationInterval');
  return seconds;
}
