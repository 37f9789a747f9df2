import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';

/** The answer under a result of the SDK. */
interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}
interface Result {
  readonly res: Response;
}
interface Listed {
  readonly objects: readonly { readonly name: string }[];
  readonly prefixes: readonly string[];
  readonly nextContinuationToken?: string;
}
interface PutOptions {
  readonly meta?: Readonly<Record<string, string | number>>;
  readonly mime?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
type Acl = 'private' | 'public-read' | 'public-read-write' | 'default';

/** What the tests call of the SDK; its published types leave much of it out. */
export interface AliOss {
  put(name: string, body: Buffer | string, options?: PutOptions): Promise<Result>;
  putStream(name: string, body: Readable): Promise<Result>;
  get(name: string): Promise<Result & { readonly content: Buffer }>;
  getStream(name: string): Promise<{ readonly stream: AsyncIterable<Buffer> }>;
  head(name: string): Promise<Result & { readonly meta: Readonly<Record<string, string>> }>;
  getObjectMeta(name: string): Promise<Result>;
  delete(name: string): Promise<Result>;
  deleteMulti(
    names: readonly string[],
    options: { readonly quiet: boolean },
  ): Promise<Result & { readonly deleted: readonly unknown[] }>;
  getObjectTagging(name: string): Promise<{ readonly tag: Readonly<Record<string, string>> }>;
  putObjectTagging(name: string, tag: Readonly<Record<string, string>>): Promise<Result>;
  deleteObjectTagging(name: string): Promise<Result>;
  getACL(name: string): Promise<{ readonly acl: Acl }>;
  putACL(name: string, acl: Acl): Promise<Result>;
  restore(name: string): Promise<Result>;
  list(query: Readonly<Record<string, string | number>>, options: object): Promise<Listed>;
  listV2(query: Readonly<Record<string, string>>): Promise<Listed>;
  signatureUrl(name: string, options: Readonly<Record<string, string | number>>): string;
  signatureUrlV4(
    method: string,
    seconds: number,
    request: { readonly headers: Readonly<Record<string, string>> },
    name: string,
  ): Promise<string>;
  putBucket(name: string, options: Readonly<Record<string, string>>): Promise<Result>;
  getBucketInfo(name: string): Promise<{ readonly bucket: Readonly<Record<string, unknown>> }>;
  getBucketACL(name: string): Promise<{ readonly acl: Acl }>;
  putBucketACL(name: string, acl: Acl): Promise<Result>;
  getBucketLocation(name: string): Promise<{ readonly location: string }>;
  getBucketStat(name: string): Promise<{ readonly stat: Readonly<Record<string, string>> }>;
  listBuckets(
    query: Readonly<Record<string, string>>,
  ): Promise<{ readonly buckets: readonly { readonly name: string }[] }>;
  useBucket(name: string): void;
  deleteBucket(name: string): Promise<Result>;
  putBucketEncryption(
    name: string,
    rule: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number }>;
  getBucketEncryption(
    name: string,
  ): Promise<{ readonly encryption: Readonly<Record<string, string>> }>;
  deleteBucketEncryption(name: string): Promise<{ readonly status: number }>;
  putBucketPolicy(name: string, policy: object): Promise<{ readonly status: number }>;
  getBucketPolicy(name: string): Promise<{ readonly policy: object | null }>;
  deleteBucketPolicy(name: string): Promise<{ readonly status: number }>;
}

/** The SDK's client class. */
export const AliOssClient = createRequire(import.meta.url)('ali-oss') as new (
  options: Readonly<Record<string, unknown>>,
) => AliOss;
