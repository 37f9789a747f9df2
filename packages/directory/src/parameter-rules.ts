import { RamError } from './ram-error.js';

/**
 * What the parameters of RAM's operations may be. Where pages of different years differ, what either
 * allows is allowed: user names have carried an @, group names have had neither dots nor underscores.
 */

/** Limits of one account (RAM, "Limitations", December 2025); those that RAM raises on request as they start. */
export const LIMITS = {
  users: 5000,
  groups: 300,
  roles: 1000,
  policies: 1500,
  accessKeys: 2,
  groupsOfUser: 10,
  systemPoliciesOfEntity: 20,
  customPoliciesOfEntity: 10,
  policyVersions: 5,
} as const;

const NAME = /^[A-Za-z0-9.@_-]+$/;
const GROUP_NAME = /^[A-Za-z0-9._-]+$/;
const POLICY_NAME = /^[A-Za-z0-9-]+$/;
const MOBILE_PHONE = /^\d{1,4}-\d{4,20}$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const MAX_NAME = 64;
const MAX_EMAIL = 320;

export function checkUserName(name: string, parameter = 'UserName'): void {
  checkLength(name, parameter, 1, MAX_NAME);
  checkChars(name, parameter, NAME);
}

export function checkGroupName(name: string, parameter = 'GroupName'): void {
  checkLength(name, parameter, 1, MAX_NAME);
  checkChars(name, parameter, GROUP_NAME);
}

export function checkRoleName(name: string): void {
  checkLength(name, 'RoleName', 1, MAX_NAME);
  checkChars(name, 'RoleName', NAME);
}

export function checkPolicyName(name: string): void {
  checkLength(name, 'PolicyName', 1, 128);
  checkChars(name, 'PolicyName', POLICY_NAME);
}

/** For what comes from a request as a text. */
export function checkPolicyType(type: string): void {
  if (type !== 'System' && type !== 'Custom') throw RamError.of('PolicyTypeWrong');
}

export function checkDisplayName(name: string, parameter = 'DisplayName'): void {
  checkLength(name, parameter, 1, 128);
  if (/\p{Cc}/u.test(name)) throw RamError.invalidChars(parameter);
}

export function checkComments(comments: string, parameter = 'Comments'): void {
  checkLength(comments, parameter, 0, 128);
}

export function checkDescription(description: string, parameter = 'Description'): void {
  checkLength(description, parameter, 0, 1024);
}

export function checkMobilePhone(phone: string, parameter = 'MobilePhone'): void {
  if (phone !== '' && !MOBILE_PHONE.test(phone)) throw RamError.wrongFormat(parameter);
}

export function checkEmail(email: string, parameter = 'Email'): void {
  if (email !== '' && (email.length > MAX_EMAIL || !EMAIL.test(email))) {
    throw RamError.wrongFormat(parameter);
  }
}

/** The length of a policy document: 6,144 characters. Whether it can be understood is another question. */
export function checkDocumentLength(document: string, parameter: string): void {
  checkLength(document, parameter, 1, 6144);
}

/** Seconds that a role's sessions may last at most. */
export function checkMaxSessionDuration(seconds: number, parameter = 'MaxSessionDuration'): void {
  if (!Number.isInteger(seconds) || seconds < 3600 || seconds > 43_200) {
    throw RamError.wrongValue(parameter);
  }
}

function checkLength(value: string, parameter: string, least: number, most: number): void {
  // Characters as people count them, not UTF-16's halves.
  const length = value.length > most * 2 ? value.length : [...value].length;
  if (length < least || length > most) throw RamError.wrongLength(parameter);
}

function checkChars(value: string, parameter: string, allowed: RegExp): void {
  if (!allowed.test(value)) throw RamError.invalidChars(parameter);
}
