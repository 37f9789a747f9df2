import { ListBuckets } from '@openoss/protocol';
import { handler } from '../handler.js';
import { accountOf } from '../objects/account-of.js';
import { endpointsOf } from '../objects/endpoints.js';
import { ownerOf } from '../objects/owner.js';

const DEFAULT_MAX_KEYS = 100;

/** Answers ListBuckets. Prefix, marker and limit are said back only where there is more to read, or they were asked for. */
export const listBuckets = handler(ListBuckets, async ({ input, caller, store, settings }) => {
  const owner = accountOf(caller);
  const { prefix, marker, maxKeys } = input;
  const { buckets, truncated } = await store.listBuckets({
    owner,
    prefix: prefix ?? '',
    marker: marker ?? '',
    limit: maxKeys ?? DEFAULT_MAX_KEYS,
  });
  const paged = truncated || prefix !== undefined || marker !== undefined || maxKeys !== undefined;
  const endpoints = endpointsOf(settings);
  return {
    output: {
      result: {
        ...(paged
          ? {
              prefix: prefix ?? '',
              marker: marker ?? '',
              maxKeys: maxKeys ?? DEFAULT_MAX_KEYS,
              isTruncated: truncated,
              nextMarker: truncated ? buckets.at(-1)?.name : undefined,
            }
          : {}),
        owner: ownerOf(owner),
        buckets: buckets.map(({ name, createdAt, storageClass }) => ({
          ...endpoints,
          name,
          creationDate: createdAt,
          storageClass,
        })),
      },
    },
  };
});
