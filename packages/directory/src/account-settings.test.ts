import { expect, it } from 'vitest';
import { openDirectory } from './testing/open-directory.js';

it('tells every process that Block Public Access is on, as soon as that was answered', async () => {
  const { directory, account, room } = await openDirectory();
  const { directory: other } = await openDirectory({ room });
  expect(await other.blocksPublicAccess(account)).toBe(false);
  await directory.blockPublicAccess(account, true);
  expect(await other.blocksPublicAccess(account)).toBe(true);
  await other.blockPublicAccess(account, false);
  expect(await directory.blocksPublicAccess(account)).toBe(false);
});

it('keeps what is set for one account from others, and forgets it with the account', async () => {
  const { directory, account, identities, room } = await openDirectory();
  const other = await identities.accounts.create('Other Ltd.');
  await directory.blockPublicAccess(other.account, true);
  expect(await directory.blocksPublicAccess(account)).toBe(false);
  await identities.accounts.delete(other.account);
  expect(await directory.blocksPublicAccess(other.account)).toBe(false);
  expect((await room.list({ limit: 100 })).map(({ key }) => key)).not.toContain(
    `account-settings/${other.account}`,
  );
});
