import type { Alias, NumberedPage, PageNumber } from '@openoss/kms';
import type { Answer } from '../../answer/answer-value.js';
import type { Need, Operation } from '../../operation/operation.js';
import { kmsOperation, namedKey } from './kms-operation.js';
import {
  aliasName,
  askedPage,
  keyButNoAlias,
  keyId,
  pageNumber,
  pageSize,
  shownPage,
} from './kms-parameters.js';

const PAGE_SIZES = { least: 0, most: 100 };

const shownAliases = (listed: NumberedPage<Alias>, page: PageNumber): Answer => ({
  ...shownPage(listed, page),
  Aliases: {
    Alias: listed.items.map((alias) => ({
      AliasName: alias.name,
      AliasArn: alias.arn,
      KeyId: alias.keyId,
    })),
  },
});

/** What has to be allowed for an action on an alias. */
const onAlias = (action: string, alias: string): Need => ({ action, resource: alias });

export const kmsAliasOperations: readonly Operation[] = [
  kmsOperation({
    name: 'CreateAlias',
    doc: 'Gives a key another name.',
    parameters: { aliasName, keyId: keyButNoAlias },
    async prepare(input, keys) {
      const { key, need } = await namedKey(keys, input.keyId, 'CreateAlias');
      return {
        needs: [onAlias('CreateAlias', input.aliasName), need],
        run: async () => {
          await keys.createAlias(input.aliasName, key);
          return {};
        },
      };
    },
  }),
  kmsOperation({
    name: 'UpdateAlias',
    doc: 'Has an alias stand for another key.',
    parameters: { aliasName, keyId: keyButNoAlias },
    async prepare(input, keys) {
      const { key, need } = await namedKey(keys, input.keyId, 'UpdateAlias');
      return {
        needs: [onAlias('UpdateAlias', input.aliasName), need],
        run: async () => {
          await keys.updateAlias(input.aliasName, key);
          return {};
        },
      };
    },
  }),
  kmsOperation({
    name: 'DeleteAlias',
    doc: 'Deletes an alias; its key stays.',
    parameters: { aliasName },
    async prepare(input, keys) {
      const { need } = await namedKey(keys, input.aliasName, 'DeleteAlias');
      return {
        needs: [onAlias('DeleteAlias', input.aliasName), need],
        run: async () => {
          await keys.deleteAlias(input.aliasName);
          return {};
        },
      };
    },
  }),
  kmsOperation({
    name: 'ListAliases',
    doc: 'Lists the aliases of the account in the region.',
    parameters: { pageNumber, pageSize },
    prepare(input, keys) {
      const page = askedPage(input, PAGE_SIZES);
      return {
        needs: [{ action: 'ListAliases', resource: 'alias' }],
        run: async () => shownAliases(await keys.listAliases(page), page),
      };
    },
  }),
  kmsOperation({
    name: 'ListAliasesByKeyId',
    doc: 'Lists the aliases of a key.',
    parameters: { keyId, pageNumber, pageSize },
    async prepare(input, keys) {
      const page = askedPage(input, PAGE_SIZES);
      const { key, need } = await namedKey(keys, input.keyId, 'ListAliasesByKeyId');
      return {
        needs: [need],
        run: async () => shownAliases(await keys.listAliasesOfKey(key, page), page),
      };
    },
  }),
];
