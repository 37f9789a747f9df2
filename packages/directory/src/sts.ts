import { roleArn, type SessionIdentity } from './identity.js';
import type { AccessKey } from './key-ring.js';
import type { Ledger } from './ledger.js';
import type { PermissionFinder } from './permissions.js';
import { compiled, type PolicyLanguage, type RequestContext } from './policy-language.js';
import { RamError } from './ram-error.js';
import { requireRole } from './roles.js';
import type { SessionTokens } from './session-token.js';

export interface AssumeRoleRequest {
  readonly roleArn: string;
  readonly roleSessionName: string;
  /** Seconds: 900 to what the role allows; 3,600 unless told. */
  readonly durationSeconds?: number | undefined;
  /** A policy that the session is held to besides the role's. */
  readonly policy?: string | undefined;
  /** What is known of the request, `sts:ExternalId` included, for the conditions of policies. */
  readonly context?: RequestContext | undefined;
}

export interface AssumedRole {
  readonly credentials: {
    /** Begins with `STS.`. */
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly securityToken: string;
    /** Milliseconds since 1970. */
    readonly expiration: number;
  };
  readonly assumedRoleUser: {
    /** `acs:ram::<account>:role/<role>/<session>`. */
    readonly arn: string;
    /** `<role id>:<session>`. */
    readonly assumedRoleId: string;
  };
}

const ROLE_ARN = /^acs:ram::(\d{16}):role\/([A-Za-z0-9.@_-]{1,64})$/;
const SESSION_NAME = /^[A-Za-z0-9.@_-]{2,64}$/;
/** Characters. */
const MAX_POLICY = 2048;
const MIN_DURATION = 900;
const DEFAULT_DURATION = 3600;
/** How many roles may be assumed one after another; each makes the token longer. */
const MAX_ROLES = 8;

/** Hands out sessions. Nothing is kept of them: their tokens hold them (docs/decisions/0006). */
export class Sts<Policy, Trust> {
  readonly #ledger: Ledger;
  readonly #tokens: () => SessionTokens;
  readonly #language: PolicyLanguage<Policy, Trust>;
  readonly #permissions: PermissionFinder<Policy>;
  readonly #now: () => number;

  constructor(options: {
    readonly ledger: Ledger;
    /** Throws RamError where there is no directory key. */
    readonly tokens: () => SessionTokens;
    readonly language: PolicyLanguage<Policy, Trust>;
    readonly permissions: PermissionFinder<Policy>;
    readonly now: () => number;
  }) {
    this.#ledger = options.ledger;
    this.#tokens = options.tokens;
    this.#language = options.language;
    this.#permissions = options.permissions;
    this.#now = options.now;
  }

  /**
   * Lets a user, or somebody in a role, assume a role: the role's trust policy and its own policies have
   * to allow it. Throws RamError.
   */
  async assumeRole(caller: AccessKey, request: AssumeRoleRequest): Promise<AssumedRole> {
    const { roleSessionName: sessionName, policy: sessionPolicy } = request;
    const { durationSeconds = DEFAULT_DURATION, context = () => undefined } = request;
    const [, account = '', roleName = ''] = ROLE_ARN.exec(request.roleArn) ?? [];
    if (roleName === '') throw RamError.of('StsRoleArnWrong');
    if (!SESSION_NAME.test(sessionName)) throw RamError.of('StsSessionNameWrong');
    if (!Number.isInteger(durationSeconds) || durationSeconds < MIN_DURATION) {
      throw RamError.of('StsDurationWrong');
    }
    if (sessionPolicy !== undefined) this.#checkSessionPolicy(sessionPolicy, sessionName);
    const tokens = this.#tokens();
    const { principal: who } = caller;
    if (who.kind === 'account') throw RamError.of('StsNotByAccount');
    const before = caller.origin?.roles ?? [];
    if (before.length >= MAX_ROLES) throw RamError.of('StsNotTrusted');
    const question = {
      caller: who,
      role: { account, name: roleName, arn: request.roleArn },
      permissions: await this.#permissions.of(who),
      context,
    };
    // Before anybody looks for the role: whether it is there is told to those only who might have it.
    if (!this.#language.mayAskFor(question)) throw RamError.of('StsNotTrusted');
    const role = await this.#role(account, roleName);
    // Their own policies may let the users of another account ask for any role there is, or none.
    if (role === undefined) {
      throw RamError.of(account === who.account ? 'StsRoleMissing' : 'StsNotTrusted');
    }
    const trust = compiled(this.#language.trust, role.trust, roleName);
    if (!this.#language.mayAssume({ ...question, trust })) throw RamError.of('StsNotTrusted');
    if (durationSeconds > role.maxSessionDuration) {
      const hours = role.maxSessionDuration / 3600;
      throw RamError.of(
        'StsDurationWrong',
        `The Min/Max value of DurationSeconds is 15min/${Number(hours.toFixed(2))}hr.`,
      );
    }
    const now = this.#now();
    const principal: SessionIdentity = {
      kind: 'session',
      account,
      role: roleName,
      roleId: role.id,
      session: sessionName,
      sessionPolicy,
      expires: now + durationSeconds * 1000,
    };
    const accessKey = caller.origin?.accessKey ?? caller.id;
    const origin = { accessKey, roles: [...before, { account, roleId: role.id }] };
    const { key, token } = tokens.make(principal, origin, now);
    return {
      credentials: {
        accessKeyId: key.id,
        accessKeySecret: key.secret,
        securityToken: token,
        expiration: principal.expires,
      },
      assumedRoleUser: {
        arn: `${roleArn(account, roleName)}/${sessionName}`,
        assumedRoleId: `${role.id}:${sessionName}`,
      },
    };
  }

  #checkSessionPolicy(policy: string, sessionName: string): void {
    if (policy.length < 1 || policy.length > MAX_POLICY) throw RamError.of('StsPolicySize');
    const read = this.#language.session(policy, sessionName);
    if ('malformed' in read) throw RamError.becauseOf('StsPolicyGrammar', read.malformed);
  }

  async #role(account: string, roleName: string) {
    try {
      return await this.#ledger.view((entries) => requireRole(entries, account, roleName));
    } catch (error) {
      if (error instanceof RamError && error.code === 'EntityNotExist.Role') return undefined;
      throw error;
    }
  }
}
