import type { ObjectAcl, StorageClass } from '@openoss/protocol';
import type { RecordSealing } from './sealing/sealing.js';

/** How an object came about; what it can do later depends on it. */
export type ObjectType = 'Normal';

/** A name and its value, in the order a client gave them. */
export type Pair = readonly [name: string, value: string];

/** The thawing of an object of an archive class; times are milliseconds since 1970. */
export interface Restoration {
  readonly requestedAt: number;
  /** From when on the object can be read. */
  readonly readyAt: number;
  /** From when on it cannot be read any more. */
  readonly expiresAt: number;
}

/** Where an object's bytes are. */
export type ObjectBody =
  | { readonly kind: 'empty' }
  /** Under a key of its own in the bucket's partition; `crc32` covers the bytes as they are there. */
  | { readonly kind: 'inline'; readonly id: string; readonly crc32: number }
  | { readonly kind: 'blob'; readonly id: string };

/** What a listing tells of an object. */
export interface ObjectSummary {
  readonly key: string;
  readonly type: ObjectType;
  /** Bytes of the body. */
  readonly size: number;
  /** Upper-case hexadecimal MD5 of the body, without quotes. */
  readonly etag: string;
  /** When the body was put, in milliseconds since 1970. */
  readonly lastModified: number;
  readonly storageClass: StorageClass;
  /** The uid of the account that owns the object. */
  readonly owner: string;
  readonly restoration?: Restoration | undefined;
}

/** All that is kept of an object but its bytes. */
export interface ObjectRecord extends ObjectSummary {
  /** Unique among all states of all objects: it changes with every commit. */
  readonly revision: string;
  /** CRC-64/XZ of the body. */
  readonly crc64: bigint;
  readonly acl: ObjectAcl;
  /** The system headers that are answered with the object, as byte strings (latin1). */
  readonly headers: readonly Pair[];
  /** User metadata, names without `x-oss-meta-`, as byte strings (latin1). */
  readonly metadata: readonly Pair[];
  readonly tags: readonly Pair[];
  readonly body: ObjectBody;
  /** Of an object whose body is encrypted; size, ETag and CRC-64 are those of the plain one. */
  readonly sealing?: RecordSealing | undefined;
}

/** What a client says of an object it puts. */
export interface ObjectAttributes {
  readonly storageClass: StorageClass;
  readonly acl: ObjectAcl;
  readonly owner: string;
  readonly headers: readonly Pair[];
  readonly metadata: readonly Pair[];
  readonly tags: readonly Pair[];
}
