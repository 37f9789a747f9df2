import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SigningCredentials } from '@openoss/protocol';
import { createLog, generateCredentials, type Service, startService } from '@openoss/server';
import { type Reachable, sendSigned, type WireAnswer, type WireRequest } from './http.js';

/** A statement of a policy. */
export type Statement = Readonly<Record<string, unknown>>;

/** A policy's document. */
export const policyOf = (...statements: Statement[]): string =>
  JSON.stringify({ Version: '1', Statement: statements });

/** An Allow, of everything unless told. */
export const allow = (action: string | string[], resource: string | string[] = '*'): Statement => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
});

export const deny = (action: string | string[], resource: string | string[] = '*'): Statement => ({
  ...allow(action, resource),
  Effect: 'Deny',
});

/** Somebody with an access key. */
export interface Someone {
  readonly credentials: SigningCredentials;
  /** Sends a request that this one has signed with V4 in a header. */
  readonly send: (request: WireRequest) => Promise<WireAnswer>;
}

export interface User extends Someone {
  readonly name: string;
  readonly id: string;
}

/** One account with its users and roles. */
export interface AccountAtWork {
  readonly uid: string;
  readonly owner: Someone;
  /** A user with an access key, and a policy of these statements if there are any. */
  readonly user: (...statements: Statement[]) => Promise<User>;
  /** A user whose one policy can be made another, for the price of one commit each time. */
  readonly changeableUser: () => Promise<ChangeableUser>;
  /** A policy of these statements, attached to a user. */
  readonly grant: (user: User, ...statements: Statement[]) => Promise<void>;
  /** Somebody who has assumed a role with these statements, held to a session policy if there is one. */
  readonly session: (statements: Statement[], sessionPolicy?: string) => Promise<Session>;
}

export interface ChangeableUser extends User {
  /** From now on its policy has these statements, and no others. */
  readonly may: (...statements: Statement[]) => Promise<void>;
}

export interface Session extends Someone {
  readonly role: string;
  /** Another session of the role, held to this policy. */
  readonly another: (sessionPolicy?: string) => Promise<Someone>;
  /** The user whose access key the role was assumed with. */
  readonly by: User;
}

export interface ServedIdentities {
  readonly service: Service;
  readonly oss: Reachable;
  /** What time it is for the service: milliseconds that it is ahead of the system's clock. */
  readonly clock: { ahead: number };
  /** Whoever has an access key. */
  readonly someone: (credentials: SigningCredentials) => Someone;
  readonly own: AccountAtWork;
  /** Another account than the first. */
  readonly otherAccount: () => Promise<AccountAtWork>;
  readonly close: () => Promise<void>;
}

/** A service in this process, on a throw-away directory, with its identities at hand. */
export async function startWithIdentities(): Promise<ServedIdentities> {
  const directory = await mkdtemp(path.join(tmpdir(), 'openoss-identities-'));
  const root = generateCredentials();
  const clock = { ahead: 0 };
  const service = await startService({
    directory,
    listen: { host: '127.0.0.1', port: 0 },
    rpcListen: { host: '127.0.0.1', port: 0 },
    region: 'cn-hangzhou',
    environment: {
      OPENOSS_ROOT_ACCESS_KEY_ID: root.accessKeyId,
      OPENOSS_ROOT_ACCESS_KEY_SECRET: root.accessKeySecret,
    },
    development: true,
    minFreeBytes: 32 * 1024 * 1024,
    log: createLog('warn'),
    now: () => Date.now() + clock.ahead,
  });
  const { endpoint, region, identities } = service;
  const oss = { endpoint, region, credentials: root };
  const someone = (credentials: SigningCredentials): Someone => ({
    credentials,
    send: (request) => sendSigned({ ...oss, credentials }, request, Date.now() + clock.ahead),
  });
  let names = 0;
  const nameOf = (kind: string): string => `${kind}${names++}`;

  const account = (uid: string, owner: Someone): AccountAtWork => {
    const { users, accessKeys, policies, policyVersions, attachments, roles } = identities.ram(uid);
    const attach = async (
      entity: Parameters<typeof attachments.attach>[1],
      statements: readonly Statement[],
    ): Promise<void> => {
      if (statements.length === 0) return;
      const policyName = nameOf('policy');
      await policies.create({ policyName, policyDocument: policyOf(...statements) });
      await attachments.attach({ type: 'Custom', name: policyName }, entity);
    };
    const user = async (...statements: Statement[]): Promise<User> => {
      const name = nameOf('user');
      const { userId } = await users.create({ userName: name });
      const { accessKeyId, accessKeySecret } = await accessKeys.create(name);
      await attach({ kind: 'user', name }, statements);
      return { ...someone({ accessKeyId, accessKeySecret }), name, id: userId };
    };
    return {
      uid,
      owner,
      user,
      async changeableUser() {
        const made = await user();
        const policyName = nameOf('policy');
        await policies.create({ policyName, policyDocument: policyOf(deny('oss:Nothing')) });
        await attachments.attach(
          { type: 'Custom', name: policyName },
          { kind: 'user', name: made.name },
        );
        return {
          ...made,
          async may(...statements) {
            await policyVersions.create({
              policyName,
              policyDocument: policyOf(...statements),
              setAsDefault: true,
              rotateStrategy: 'DeleteOldestNonDefaultVersionWhenLimitExceeded',
            });
          },
        };
      },
      grant: ({ name }, ...statements) => attach({ kind: 'user', name }, statements),
      async session(statements, sessionPolicy) {
        const role = nameOf('role');
        const { arn } = await roles.create({
          roleName: role,
          assumeRolePolicyDocument: policyOf({
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { RAM: [`acs:ram::${uid}:root`] },
          }),
        });
        await attach({ kind: 'role', name: role }, statements);
        const by = await user(allow('sts:AssumeRole'));
        const key = await service.directory.findAccessKey(by.credentials.accessKeyId);
        if (key === undefined) throw new Error('a user without its access key');
        const another = async (policy?: string): Promise<Someone> => {
          const assumption = { roleArn: arn, roleSessionName: 'wire-test', policy };
          const { credentials } = await identities.sts.assumeRole(key, assumption);
          const { accessKeyId, accessKeySecret, securityToken } = credentials;
          return someone({ accessKeyId, accessKeySecret, securityToken });
        };
        return { ...(await another(sessionPolicy)), role, by, another };
      },
    };
  };

  return {
    service,
    oss,
    clock,
    someone,
    own: account(service.account, someone(root)),
    async otherAccount() {
      const { account: uid } = await identities.accounts.create(nameOf('Account'));
      const { accessKeyId, accessKeySecret } = await identities
        .ram(uid)
        .accessKeys.create(undefined);
      return account(uid, someone({ accessKeyId, accessKeySecret }));
    },
    async close() {
      await service.close(0);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
