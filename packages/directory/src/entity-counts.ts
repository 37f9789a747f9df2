import { type CountsEntry, entryKeys, FIRST_ACCOUNT } from './entries.js';
import type { Draft, EntryReader } from './ledger.js';
import { LIMITS } from './parameter-rules.js';
import { RamError, type RefusalCause } from './ram-error.js';

/** What is counted in an account. */
export type Counted = 'users' | 'groups' | 'roles' | 'policies';

const NONE: CountsEntry = { users: 0, groups: 0, roles: 0, policies: 0, systemPolicies: {} };

const TOO_MANY: Readonly<Record<Counted, RefusalCause>> = {
  users: 'TooManyUsers',
  groups: 'TooManyGroups',
  roles: 'TooManyRoles',
  policies: 'TooManyPolicies',
};

export async function countsOf(entries: EntryReader, account: string): Promise<CountsEntry> {
  return (await entries.read(entryKeys.counts(account))) ?? NONE;
}

/**
 * Counts one more, or one less; throws RamError when there would be too many, or the account that
 * gets one more is gone.
 */
export async function count(
  draft: Draft,
  account: string,
  what: Counted,
  change: 1 | -1,
): Promise<void> {
  if (change > 0 && !(await accountExists(draft, account))) throw RamError.of('AccountMissing');
  const counts = await countsOf(draft, account);
  const number = counts[what] + change;
  if (number > LIMITS[what]) throw RamError.of(TOO_MANY[what]);
  draft.put(entryKeys.counts(account), { ...counts, [what]: number });
}

/** Counts to how many a system policy is attached. */
export async function countSystemPolicy(
  draft: Draft,
  account: string,
  name: string,
  change: 1 | -1,
): Promise<void> {
  const counts = await countsOf(draft, account);
  const { [name]: before = 0, ...others } = counts.systemPolicies;
  const number = before + change;
  const systemPolicies = number === 0 ? others : { ...others, [name]: number };
  draft.put(entryKeys.counts(account), { ...counts, systemPolicies });
}

async function accountExists(entries: EntryReader, account: string): Promise<boolean> {
  if ((await entries.room.get(FIRST_ACCOUNT))?.toString() === account) return true;
  return (await entries.read(entryKeys.account(account))) !== undefined;
}
