import { type DataKey, type Encrypted, type KeyService, KmsError } from '@openoss/kms';
import type { Answer } from '../../answer/answer-value.js';
import type { Need, Operation, PreparedCall } from '../../operation/operation.js';
import { integer, oneOf, optional, required, text } from '../../operation/parameter.js';
import type { EncryptionContextReader } from './encryption-context.js';
import { kmsOperation, namedKey } from './kms-operation.js';
import { bytes, dryRun, keyId } from './kms-parameters.js';

const ciphertextBlob = required('CiphertextBlob', text);
const dataKeyParameters = {
  keyId,
  keySpec: optional('KeySpec', oneOf('AES_256', 'AES_128')),
  numberOfBytes: optional('NumberOfBytes', integer),
  dryRun,
};

const shownCiphertext = (made: Encrypted): Answer => ({
  KeyId: made.keyId,
  KeyVersionId: made.keyVersionId,
  CiphertextBlob: made.ciphertextBlob,
});

async function dataKeyCall(
  action: string,
  input: {
    readonly keyId: string;
    readonly keySpec: 'AES_256' | 'AES_128' | undefined;
    readonly numberOfBytes: number | undefined;
  },
  keys: KeyService,
  contextNamed: EncryptionContextReader,
  show: (made: DataKey) => Answer,
): Promise<PreparedCall> {
  const context = contextNamed('EncryptionContext');
  // Of both it is the number that counts, as the page has it.
  const length = input.numberOfBytes ?? (input.keySpec === 'AES_128' ? 16 : 32);
  const { key, need } = await namedKey(keys, input.keyId, action);
  return {
    needs: [need],
    run: async () => {
      const made = await keys.generateDataKey({ keyId: key, bytes: length, context });
      const answer = show(made);
      made.plaintext.fill(0);
      return answer;
    },
  };
}

/** https://www.alibabacloud.com/help/en/kms/key-management-service/developer-reference/api-kms-2016-01-20-generatedatakey */
export const kmsCryptoOperations: readonly Operation[] = [
  kmsOperation({
    name: 'GenerateDataKey',
    doc: 'Makes a data key, and tells it in the open and encrypted with a key.',
    parameters: dataKeyParameters,
    prepare: (input, keys, contextNamed) =>
      dataKeyCall('GenerateDataKey', input, keys, contextNamed, (made) => ({
        ...shownCiphertext(made),
        Plaintext: made.plaintext.toString('base64'),
      })),
  }),
  kmsOperation({
    name: 'GenerateDataKeyWithoutPlaintext',
    doc: 'Makes a data key, and tells it encrypted with a key only.',
    parameters: dataKeyParameters,
    prepare: (input, keys, contextNamed) =>
      dataKeyCall('GenerateDataKeyWithoutPlaintext', input, keys, contextNamed, shownCiphertext),
  }),
  kmsOperation({
    name: 'Encrypt',
    doc: 'Encrypts up to 6 KB with a key.',
    parameters: { keyId, plaintext: required('Plaintext', bytes), dryRun },
    async prepare({ keyId: name, plaintext }, keys, contextNamed) {
      const context = contextNamed('EncryptionContext');
      const { key, need } = await namedKey(keys, name, 'Encrypt');
      return {
        needs: [need],
        run: async () => {
          const made = await keys.encrypt({ keyId: key, plaintext, context });
          plaintext.fill(0);
          return shownCiphertext(made);
        },
      };
    },
  }),
  kmsOperation({
    name: 'Decrypt',
    doc: 'Decrypts what a key encrypted.',
    parameters: { ciphertextBlob, dryRun },
    prepare({ ciphertextBlob: blob }, keys, contextNamed) {
      const context = contextNamed('EncryptionContext');
      const said = keys.usedKeyIn(blob)?.keyId;
      return {
        needs: said === undefined ? [] : [onKey('Decrypt', said)],
        run: async (allow) => {
          const opened = await keys.decrypt({ ciphertextBlob: blob, context });
          const { keyId: id, keyVersionId, plaintext } = opened;
          try {
            // Only now it shows under which key it was, where the ciphertext is another KMS's.
            if (id !== said) await allow([onKey('Decrypt', id)]);
            return {
              KeyId: id,
              KeyVersionId: keyVersionId,
              Plaintext: plaintext.toString('base64'),
            };
          } finally {
            plaintext.fill(0);
          }
        },
      };
    },
  }),
  kmsOperation({
    name: 'ReEncrypt',
    doc: 'Decrypts what a key encrypted, and encrypts it anew with another key or context.',
    parameters: {
      ciphertextBlob,
      destinationKeyId: required('DestinationKeyId', text),
      sourceKeyId: optional('SourceKeyId', text),
      sourceKeyVersionId: optional('SourceKeyVersionId', text),
      dryRun,
    },
    // What is of asymmetric keys, which are not made here.
    unsupported: ['SourceEncryptionAlgorithm'],
    async prepare({ ciphertextBlob: blob, destinationKeyId, sourceKeyId }, keys, contextNamed) {
      const sourceContext = contextNamed('SourceEncryptionContext');
      const context = contextNamed('DestinationEncryptionContext');
      const { key, need } = await namedKey(keys, destinationKeyId, 'ReEncryptTo');
      const source = keys.usedKeyIn(blob)?.keyId ?? (await openedWith(keys, blob, sourceContext));
      if (sourceKeyId !== undefined && sourceKeyId !== '') {
        if ((await keys.keyIdOf(sourceKeyId)) !== source) throw KmsError.invalid('SourceKeyId');
      }
      return {
        needs: [onKey('ReEncryptFrom', source), need],
        run: async () =>
          shownCiphertext(
            await keys.reencrypt({ ciphertextBlob: blob, sourceContext, keyId: key, context }),
          ),
      };
    },
  }),
];

const onKey = (action: string, id: string): Need => ({ action, resource: `key/${id}` });

/** The key that another KMS opens a ciphertext with. */
async function openedWith(
  keys: KeyService,
  blob: string,
  context: ReturnType<EncryptionContextReader>,
): Promise<string> {
  const { keyId: id, plaintext } = await keys.decrypt({ ciphertextBlob: blob, context });
  plaintext.fill(0);
  return id;
}
