import { ROOM } from './client-program.mjs';
import { bodyOf } from './object-state.mjs';
import { sealingOf } from './sealing-of-bodies.mjs';

/**
 * @import { EmbeddedStore } from '@openoss/storage'
 * @import { BodySpecification, Operation } from './client-program.mjs'
 */

/** A put that was to make a new object found one. */
class AlreadyThere extends Error {}

/** The client went away in the middle of a body. */
class Disconnected extends Error {}

/** What the largest object may have. */
const MAX_BYTES = 5 * 1024 ** 3;

/**
 * Does what a client asks; true when the store acknowledged it, false when it refused as it should.
 * @param {EmbeddedStore} store
 * @param {Operation} operation
 * @returns {Promise<boolean>}
 */
export async function performOperation(store, operation) {
  const { objects } = store;
  switch (operation.kind) {
    case 'put': {
      const { bucket, key, body, attributes, onlyNew } = operation;
      try {
        await objects.putObject({
          bucket,
          key,
          body: body.streamed ? pieces(body) : bodyOf(body.name, body.size).bytes,
          size: body.size,
          maxBytes: MAX_BYTES,
          attributes,
          sealing: sealingOf(body.name),
          admit: onlyNew ? refuseExisting : undefined,
        });
        return true;
      } catch (error) {
        if (error instanceof AlreadyThere) return false;
        throw error;
      }
    }
    case 'abandon': {
      const { bucket, key, body, attributes } = operation;
      try {
        const cut = pieces(body, Math.floor(body.size * 0.7));
        const sealing = sealingOf(body.name);
        await objects.putObject({
          bucket,
          key,
          body: cut,
          maxBytes: MAX_BYTES,
          attributes,
          sealing,
        });
      } catch (error) {
        if (error instanceof Disconnected) return false;
        throw error;
      }
      throw new Error('A put whose body broke off was acknowledged');
    }
    case 'delete':
      await objects.deleteObject(operation.bucket, operation.key);
      return true;
    case 'update': {
      const { bucket, key, acl, tags } = operation;
      await objects.updateObject(bucket, key, (record) => ({ ...record, acl, tags }));
      return true;
    }
    case 'createBucket':
      await objects.createBucket(operation.specification);
      return true;
    case 'updateBucket': {
      const { bucket, acl } = operation;
      await objects.updateBucket(bucket, (record) => ({ ...record, acl }));
      return true;
    }
    case 'deleteBucket':
      await objects.deleteBucket(operation.bucket);
      return true;
    case 'room':
      await store.room(ROOM).put(operation.key, Buffer.from(operation.value));
      return true;
  }
}

/** @param {object | undefined} existing */
function refuseExisting(existing) {
  if (existing !== undefined) throw new AlreadyThere();
}

/**
 * A body as it comes from a socket; it breaks off at `cut`.
 * @param {BodySpecification} body
 * @param {number} [cut]
 */
async function* pieces({ name, size }, cut) {
  const { bytes } = bodyOf(name, size);
  const end = cut ?? size;
  const piece = Math.max(1, Math.ceil(end / 3));
  for (let at = 0; at < end; at += piece) yield bytes.subarray(at, Math.min(end, at + piece));
  if (cut !== undefined) throw new Disconnected();
}
