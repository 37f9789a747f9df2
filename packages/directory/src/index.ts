/**
 * @module Accounts, RAM users, groups, roles, policies, access keys and sessions, as they are kept.
 */
export type {
  AccessKeyLastUsed,
  AccessKeyStatus,
  AccessKeys,
  CreatedAccessKey,
  KeyOwner,
  ListedAccessKey,
} from './access-keys.js';
export type { Account, Accounts } from './accounts.js';
export type { EntityName } from './attachable.js';
export type { Attachments, PolicyAttachment, PolicyEntities } from './attachments.js';
export {
  Directory,
  type DirectoryOptions,
  type GivenRootCredentials,
  type SessionLookup,
} from './directory.js';
export {
  DIRECTORY_KEY_FILE,
  type DirectoryKey,
  DirectoryKeyError,
  findDirectoryKey,
} from './directory-key.js';
export type { EntityKind, PolicyName, PolicyType } from './entries.js';
export type { Group, GroupMember, Groups, JoinedGroup } from './groups.js';
export type { Identities, Ram } from './identities.js';
export * from './identity.js';
export type { AccessKey, KeyOrigin } from './key-ring.js';
export type { Page, PageRequest } from './page.js';
export type { PermissionFinder } from './permissions.js';
export type { Policies, Policy, PolicyWithDocument } from './policies.js';
export type {
  AssumeQuestion,
  GrantedPolicy,
  Permissions,
  PolicyCompiler,
  PolicyLanguage,
  RequestContext,
} from './policy-language.js';
export type { PolicyVersion, PolicyVersions, RotateStrategy } from './policy-versions.js';
export { RamError, type RefusalCause } from './ram-error.js';
export type { Role, Roles } from './roles.js';
export * from './root-credentials.js';
export type { AssumedRole, AssumeRoleRequest, Sts } from './sts.js';
export type { User, UserDetails, Users } from './users.js';
