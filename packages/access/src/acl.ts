/** What a bucket's ACL grants to everybody. */
export type BucketGrant = 'private' | 'public-read' | 'public-read-write';

/** What an object's ACL grants to everybody; with `default` the bucket's decides. */
export type ObjectGrant = 'default' | BucketGrant;

/** How an ACL sees an action: as a read or a write of one object. */
export type AclClass = 'read' | 'write';

// ACLs speak of data operations only, and only of these (oss-protocol.md, 4.5 step 8): HeadObject is
// an oss:GetObject, DeleteMultipleObjects an oss:DeleteObject of each key. Listing is not among them.
const ACL_CLASSES: Readonly<Record<string, AclClass>> = {
  'oss:GetObject': 'read',
  'oss:GetObjectVersion': 'read',
  'oss:PutObject': 'write',
  'oss:DeleteObject': 'write',
  'oss:DeleteObjectVersion': 'write',
};

/** How ACLs see an action; undefined for one they do not speak of. */
export function aclClassOf(action: string): AclClass | undefined {
  return ACL_CLASSES[action];
}

/** Whether a grant opens a class of actions to everybody. */
export function aclAllows(grant: BucketGrant, aclClass: AclClass): boolean {
  return grant === 'public-read-write' || (grant === 'public-read' && aclClass === 'read');
}
