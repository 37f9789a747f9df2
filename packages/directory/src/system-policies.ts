/** A policy that exists by itself in every account, and that nobody can change. */
export interface SystemPolicy {
  readonly name: string;
  readonly description: string;
  readonly document: string;
}

/** When the policies of this version were written; every one has the version `v1`. */
export const SYSTEM_POLICIES_DATE = Date.UTC(2026, 10, 26);

const allowing = (...actions: string[]): string =>
  JSON.stringify({
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
  });

/**
 * The system policies of what OpenOSS serves, under the names and with the meaning that they have in
 * RAM; what they allow of other products is left out, for nothing here would ask about it.
 */
const POLICIES: readonly SystemPolicy[] = [
  {
    name: 'AdministratorAccess',
    description: 'Permission for managing all Alibaba Cloud resources',
    document: allowing('*'),
  },
  {
    name: 'AliyunKMSFullAccess',
    description: 'Permission for managing KMS',
    document: allowing('kms:*'),
  },
  {
    name: 'AliyunKMSReadOnlyAccess',
    description: 'Read-only permission for KMS',
    document: allowing('kms:Describe*', 'kms:Get*', 'kms:List*'),
  },
  {
    name: 'AliyunOSSFullAccess',
    description: 'Permission for managing OSS',
    document: allowing('oss:*'),
  },
  {
    name: 'AliyunOSSReadOnlyAccess',
    description: 'Read-only permission for OSS',
    document: allowing('oss:Get*', 'oss:List*'),
  },
  {
    name: 'AliyunRAMFullAccess',
    description: 'Permission for managing RAM',
    document: allowing('ram:*'),
  },
  {
    name: 'AliyunRAMReadOnlyAccess',
    description: 'Read-only permission for RAM',
    document: allowing('ram:Get*', 'ram:List*'),
  },
  {
    name: 'AliyunSTSAssumeRoleAccess',
    description: 'Permission for calling AssumeRole of STS',
    document: allowing('sts:AssumeRole'),
  },
];

const BY_NAME: ReadonlyMap<string, SystemPolicy> = new Map(
  POLICIES.map((policy) => [policy.name, policy]),
);

/** In the order of their names. */
export const systemPolicies = (): Iterable<SystemPolicy> => BY_NAME.values();

export const systemPolicy = (name: string): SystemPolicy | undefined => BY_NAME.get(name);
