import type { RpcCaller } from './rpc-caller.js';

/** A user as RAM shows it. */
export interface User {
  readonly UserId: string;
  readonly UserName: string;
  readonly DisplayName?: string;
  readonly MobilePhone?: string;
  readonly Email?: string;
  readonly Comments?: string;
  readonly CreateDate: string;
  readonly UpdateDate?: string;
}
interface ListUsersAnswer {
  readonly IsTruncated: boolean;
  readonly Users: { readonly User: readonly User[] };
}

/** All users of the account. */
export const listUsers = (server: RpcCaller): Promise<User[]> =>
  server.all<ListUsersAnswer, User>('ListUsers', {}, ({ Users }) => Users.User);
