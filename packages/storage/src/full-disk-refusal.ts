import { OssError } from '@openoss/protocol';
import type { StorageFull } from './engine/blob-engine.js';
import { StorageExhausted } from './engine/storage-space.js';

/** What a client is told of a full disk. A cause goes to the log; what the log has already has none. */
export function fullDiskRefusal(error: StorageFull): OssError {
  return new OssError(
    error instanceof StorageExhausted ? 'StorageExhausted' : 'StorageFull',
    error.cause === undefined ? {} : { cause: error },
  );
}
