import type { KeyVersion } from '@openoss/kms';
import type { Answer } from '../../answer/answer-value.js';
import type { Operation } from '../../operation/operation.js';
import { required, text } from '../../operation/parameter.js';
import { shownDate } from '../shown.js';
import { kmsOperation, namedKey } from './kms-operation.js';
import { askedPage, keyId, pageNumber, pageSize, shownPage } from './kms-parameters.js';

const shownVersion = (version: KeyVersion): Answer => ({
  KeyId: version.keyId,
  KeyVersionId: version.keyVersionId,
  CreationDate: shownDate(version.created),
});

export const kmsVersionOperations: readonly Operation[] = [
  kmsOperation({
    name: 'CreateKeyVersion',
    doc: 'Rotates a key: a new version encrypts from now on, and what others encrypted stays readable.',
    parameters: { keyId },
    async prepare(input, keys) {
      const { key, need } = await namedKey(keys, input.keyId, 'CreateKeyVersion');
      return {
        needs: [need],
        run: async () => ({ KeyVersion: shownVersion(await keys.createKeyVersion(key)) }),
      };
    },
  }),
  kmsOperation({
    name: 'DescribeKeyVersion',
    doc: 'Tells about a version of a key.',
    parameters: { keyId, keyVersionId: required('KeyVersionId', text) },
    async prepare({ keyId: name, keyVersionId }, keys) {
      const { key, need } = await namedKey(keys, name, 'DescribeKeyVersion');
      return {
        needs: [need],
        run: async () => ({
          KeyVersion: shownVersion(await keys.describeKeyVersion(key, keyVersionId)),
        }),
      };
    },
  }),
  kmsOperation({
    name: 'ListKeyVersions',
    doc: 'Lists the versions of a key, the newest first.',
    parameters: { keyId, pageNumber, pageSize },
    async prepare(input, keys) {
      const page = askedPage(input, { least: 0, most: 101 });
      const { key, need } = await namedKey(keys, input.keyId, 'ListKeyVersions');
      return {
        needs: [need],
        run: async () => {
          const listed = await keys.listKeyVersions(key, page);
          const shown = listed.items.map(shownVersion);
          return { ...shownPage(listed, page), KeyVersions: { KeyVersion: shown } };
        },
      };
    },
  }),
];
