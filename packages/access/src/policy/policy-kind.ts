/**
 * What a policy is for, which decides what may stand in it: attached to a user, group or role (`ram`), to a
 * bucket (`bucket`), to a role, telling who may assume it (`trust`), or given with AssumeRole, narrowing
 * one session (`session`).
 */
export type PolicyKind = 'ram' | 'bucket' | 'trust' | 'session';

/** What the grammar allows a kind of policy. */
export interface PolicyRules {
  /** How long its text may be, in `unit`. */
  readonly maxLength: number;
  readonly unit: 'characters' | 'bytes';
  /** Whether statements name whom they are about. */
  readonly principal: 'forbidden' | 'list' | 'trust';
  /** Whether statements name resources; a trust policy's is the role it belongs to. */
  readonly resource: boolean;
  /** Whether `**` may stand in a value. */
  readonly consecutiveStars: boolean;
}

/**
 * ram: CreatePolicy documents 1 to 6,144 characters
 * (https://www.alibabacloud.com/help/en/resource-management/api-createpolicy). session: 2,048
 * (https://www.alibabacloud.com/en/notice/ram20220919). bucket: 16 KB, no consecutive asterisks
 * (https://help.aliyun.com/zh/oss/user-guide/0030-00000001 and …/support/0030-00000007). trust: no number is
 * published; what RAM policies had for years.
 */
export const policyRules: Readonly<Record<PolicyKind, PolicyRules>> = {
  ram: {
    maxLength: 6144,
    unit: 'characters',
    principal: 'forbidden',
    resource: true,
    consecutiveStars: true,
  },
  session: {
    maxLength: 2048,
    unit: 'characters',
    principal: 'forbidden',
    resource: true,
    consecutiveStars: true,
  },
  bucket: {
    maxLength: 16 * 1024,
    unit: 'bytes',
    principal: 'list',
    resource: true,
    consecutiveStars: false,
  },
  trust: {
    maxLength: 2048,
    unit: 'characters',
    principal: 'trust',
    resource: false,
    consecutiveStars: true,
  },
};

/** How long one value may be, in bytes (https://help.aliyun.com/en/oss/user-guide/0030-00000003). */
export const maxValueBytes = 4095;

/** How deep the JSON of a policy may be nested: twice what the grammar needs. */
export const maxPolicyDepth = 12;
