/** The ACLs a bucket can have; the first is the default. */
export const bucketAcls = ['private', 'public-read', 'public-read-write'] as const;
export type BucketAcl = (typeof bucketAcls)[number];

/** The ACLs an object can have; `default` means that the bucket's counts. */
export const objectAcls = ['default', 'private', 'public-read', 'public-read-write'] as const;
export type ObjectAcl = (typeof objectAcls)[number];
