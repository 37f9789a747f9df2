/**
 * Every operation and what it needs permission for: allowed, denied because nothing allows it, and denied
 * because something says so, by RAM policy, by bucket policy and by session policy, each with exactly the
 * documented actions on exactly the documented resources.
 */
import { type Operation, operations, parseXml } from '@openoss/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, send, type WireAnswer } from '../support/http.js';
import {
  MISSING,
  type Place,
  type Refusal,
  type RequiredPermission,
  requiredPermissions,
} from '../support/required-permissions.js';
import {
  type AccountAtWork,
  allow,
  type ChangeableUser,
  deny,
  policyOf,
  type ServedIdentities,
  type Session,
  type Someone,
  type Statement,
  startWithIdentities,
  type User,
} from '../support/start-with-identities.js';

let served: ServedIdentities;
let owner: Someone;
let administrator: User;
let nobodysUser: User;
let user: ChangeableUser;
let other: AccountAtWork;
let foreigner: User;
let session: Session;
beforeAll(async () => {
  served = await startWithIdentities();
  ({ owner } = served.own);
  administrator = await served.own.user(allow('*'));
  nobodysUser = await served.own.user();
  user = await served.own.changeableUser();
  other = await served.otherAccount();
  foreigner = await other.user(allow('*'));
  session = await served.own.session([allow('oss:*')]);
});
afterAll(() => served.close());

const EXPLICIT: Refusal = ['Access denied by bucket policy.', '0003-00000201'];
const BY_BUCKET_POLICY: Refusal = ['Access denied by bucket policy.', '0003-00000101'];
const BY_BOTH: Refusal = ['Access denied by bucket policy.', '0003-00000203'];
const BY_SESSION_POLICY: Refusal = ["Access denied by authorizer's policy.", '0003-00000301'];

/** Every action that any operation needs. */
const everyAction = [
  ...new Set(requiredPermissions.flatMap(({ actions }) => actions.map(([action]) => action))),
];

let names = 0;
const newPlace = (): Place => ({ bucket: `required-${names++}`, key: 'of/an object' });

/** One row, at work on a bucket of its own. */
class Case {
  readonly row: RequiredPermission;
  place: Place = newPlace();
  #isThere = false;
  #hasPolicy = false;

  constructor(row: RequiredPermission) {
    this.row = row;
  }

  /** Its bucket without a policy, with an object where it is about one; only a name for what makes the bucket. */
  async begin(): Promise<void> {
    if (this.row.createsBucket) {
      this.place = newPlace();
      return;
    }
    const { bucket, key } = this.place;
    if (!this.#isThere) {
      this.#isThere = true;
      await succeeds(owner.send({ method: 'PUT', bucket }));
      if (this.row.actions.some(([, on]) => on === 'object')) {
        const tagged = { 'x-oss-tagging': 'a=b' };
        await succeeds(owner.send({ method: 'PUT', bucket, key, body: 'x', headers: tagged }));
      }
    }
    await this.prepare();
    if (this.#hasPolicy) await this.policy();
  }

  /** Makes it such that the request succeeds for whom it is allowed. */
  async prepare(): Promise<void> {
    if (this.row.createsBucket) this.place = newPlace();
    const request = this.row.prepare?.(this.place);
    if (request !== undefined) await succeeds(owner.send(request));
  }

  /** The bucket's policy, or none: set by somebody of whom none speaks. */
  async policy(...statements: Statement[]): Promise<void> {
    this.#hasPolicy = statements.length > 0;
    const request = { bucket: this.place.bucket, query: [['policy', null]] as const };
    await succeeds(
      administrator.send(
        statements.length === 0
          ? { ...request, method: 'DELETE' }
          : { ...request, method: 'PUT', body: policyOf(...statements) },
      ),
    );
  }

  send(who: Pick<Someone, 'send'>): Promise<WireAnswer> {
    return who.send(this.row.request(this.place));
  }

  async passes(who: Pick<Someone, 'send'>): Promise<void> {
    await succeeds(this.send(who));
  }

  /** The documented resource of an action, or another of the same kind. */
  resource(on: 'service' | 'bucket' | 'object', isOther = false): string {
    const { bucket, key } = this.place;
    if (on === 'service') return isOther ? 'acs:oss:*:*:a-bucket' : 'acs:oss:*:*:*';
    if (on === 'bucket') return `acs:oss:*:*:${isOther ? 'another-bucket' : bucket}`;
    return `acs:oss:*:*:${bucket}/${isOther ? 'another' : key}`;
  }

  /** Exactly what is documented. */
  get enough(): Statement[] {
    return this.row.actions.map(([action, on]) => allow(action, this.resource(on)));
  }

  /** Too little, once for each of its actions: without it, with it elsewhere, with all others there are. */
  get tooLittle(): { readonly statements: Statement[]; readonly missing: string }[] {
    return this.row.actions.flatMap(([missing, on]) => {
      const without = this.row.actions.filter(([action]) => action !== missing);
      const rest = without.map(([action, where]) => allow(action, this.resource(where)));
      return [
        { missing, statements: rest },
        { missing, statements: [...rest, allow(missing, this.resource(on, true))] },
        { missing, statements: [allow(everyAction.filter((action) => action !== missing))] },
      ].filter(({ statements }) => statements.length > 0);
    });
  }

  /** What is answered where nothing allows one of its actions. */
  refusalOf(action: string): Refusal {
    return this.row.actions[0]?.[0] === action ? this.row.refusal : MISSING;
  }
}

async function succeeds(answer: Promise<WireAnswer>): Promise<void> {
  const { status, text } = await answer;
  expect({ status, text: status < 300 ? '' : text }).toEqual({ status, text: '' });
}

const anonymous: Pick<Someone, 'send'> = {
  send: (request) => send(served.oss.endpoint, request),
};

/** A refusal with all that it tells: of HEAD in a header. */
function expectRefused(
  answer: WireAnswer,
  [Message, EC]: Refusal,
  detail: Readonly<Record<string, string>> | undefined,
): void {
  const text = answer.text || Buffer.from(String(answer.headers['x-oss-err']), 'base64').toString();
  const error = errorOf({ text });
  expect(error).toMatchObject({ Code: 'AccessDenied', Message });
  expect(error.EC).toBe(EC);
  expect(answer.headers['x-oss-ec']).toBe(EC);
  expect(answer.status).toBe(403);
  const element = parseXml(text).children.find(({ name }) => name === 'AccessDeniedDetail');
  const told = element?.children.map(({ name, text: said }) => [name, said]);
  expect(told && Object.fromEntries(told)).toEqual(detail);
}

const detailOf = (
  { id }: User,
  NoPermissionType: 'ImplicitDeny' | 'ExplicitDeny',
  AuthAction: string,
) => ({
  PolicyType: 'AccountLevelIdentityBasedPolicy',
  AuthPrincipalOwnerId: served.own.uid,
  AuthPrincipalType: 'SubUser',
  AuthPrincipalDisplayName: id,
  NoPermissionType,
  AuthAction,
});

const rows = requiredPermissions.map((row) => {
  const { operation, with: input, createsBucket } = row;
  const { method, query = [], headers } = row.request({ bucket: 'b', key: 'k' });
  const parts = [method, ...query.map(([name]) => `?${name}`), ...Object.keys(headers ?? {})];
  const title = [...parts, ...(createsBucket ? ['of a new bucket'] : [])].join(' ');
  return [operation, input === undefined ? title : `${title} (${input})`, row] as const;
});

describe.each(rows)('%s: %s', (_operation, _title, row) => {
  const at = new Case(row);
  const first = row.actions[0]?.[0] ?? '';
  const isOfBucket = row.actions.some(([, on]) => on !== 'service') && !row.createsBucket;

  it('is the account’s own, and nobody else’s until something says so', async () => {
    await at.begin();
    expectRefused(
      await at.send(nobodysUser),
      row.refusal,
      detailOf(nobodysUser, 'ImplicitDeny', first),
    );
    expectRefused(await at.send(anonymous), row.anonymous, undefined);
    if (isOfBucket) expectRefused(await at.send(other.owner), row.refusal, undefined);
    await at.prepare();
    await at.passes(owner);
  });

  it('is allowed by a RAM policy with what is documented, and with nothing less', async () => {
    await at.begin();
    for (const { statements, missing } of at.tooLittle) {
      await user.may(...statements);
      const detail = detailOf(user, 'ImplicitDeny', missing);
      expectRefused(await at.send(user), at.refusalOf(missing), detail);
    }
    await at.prepare();
    await user.may(...at.enough);
    await at.passes(user);
  });

  it('is denied by a RAM policy, whatever allows it', async () => {
    for (const [action, on] of row.actions) {
      await at.begin();
      await user.may(allow('*'), ...at.enough, deny(action, at.resource(on)));
      expectRefused(await at.send(user), EXPLICIT, detailOf(user, 'ExplicitDeny', action));
      await at.prepare();
      await user.may(allow('*'), deny(action, at.resource(on, true)));
      await at.passes(user);
    }
  });

  it.runIf(isOfBucket)(
    'is allowed by the bucket policy with what is documented, and with nothing less',
    async () => {
      await at.begin();
      const principals: [string, Someone][] = [
        [nobodysUser.id, nobodysUser],
        [other.uid, other.owner],
        [foreigner.id, foreigner],
      ];
      const Principal = principals.map(([uid]) => uid);
      for (const { statements, missing } of at.tooLittle) {
        await at.policy(...statements.map((one) => ({ ...one, Principal })));
        const detail = detailOf(nobodysUser, 'ImplicitDeny', missing);
        expectRefused(await at.send(nobodysUser), at.refusalOf(missing), detail);
        for (const who of [other.owner, foreigner]) {
          expect((await at.send(who)).status).toBe(403);
        }
      }
      for (const [uid, who] of principals) {
        await at.prepare();
        await at.policy(...at.enough.map((one) => ({ ...one, Principal: [uid] })));
        for (const [, someoneElse] of principals.filter(([, one]) => one !== who)) {
          expect((await at.send(someoneElse)).status).toBe(403);
        }
        await at.passes(who);
      }
    },
  );

  it.runIf(isOfBucket)('is denied by the bucket policy, whatever allows it', async () => {
    await at.begin();
    const all = { ...allow('*'), Principal: [user.id, served.own.uid] };
    for (const [action, on] of row.actions) {
      const denial = { ...deny(action, at.resource(on)), Principal: [user.id, served.own.uid] };
      await at.policy(all, denial);
      await user.may(allow('*'));
      expectRefused(await at.send(user), BY_BUCKET_POLICY, undefined);
      expectRefused(await at.send(owner), BY_BUCKET_POLICY, undefined);
      await user.may(allow('*'), deny(action));
      expectRefused(await at.send(user), BY_BOTH, detailOf(user, 'ExplicitDeny', action));
      // Who is not named has what a RAM policy allows.
      await at.policy();
      await at.prepare();
      await at.policy({ ...denial, Principal: ['1234'] });
      await user.may(allow('*'));
      await at.passes(user);
    }
  });

  it('is kept from a session that its session policy does not allow it', async () => {
    await at.begin();
    const detail = (NoPermissionType: 'ImplicitDeny' | 'ExplicitDeny', AuthAction: string) => ({
      PolicyType: 'SessionPolicy',
      AuthPrincipalOwnerId: served.own.uid,
      AuthPrincipalType: 'AssumedRoleUser',
      AuthPrincipalDisplayName: `${session.role}:wire-test`,
      NoPermissionType,
      AuthAction,
    });
    for (const { statements, missing } of at.tooLittle) {
      const held = await session.another(policyOf(...statements));
      expectRefused(await at.send(held), BY_SESSION_POLICY, detail('ImplicitDeny', missing));
    }
    const [action, on] = row.actions.at(-1) ?? [first, 'bucket'];
    const denied = await session.another(policyOf(allow('*'), deny(action, at.resource(on))));
    expectRefused(await at.send(denied), BY_SESSION_POLICY, detail('ExplicitDeny', action));
    await at.prepare();
    await at.passes(await session.another(policyOf(...at.enough)));
  });
});

describe('the table', () => {
  const rowsOf = ({ name }: Operation) =>
    requiredPermissions.filter(({ operation }) => operation === name);

  /** The actions of an operation for an input, by its description. */
  const actionsFor = (operation: Operation, input: Readonly<Record<string, unknown>>): string[] =>
    operation.actions
      .filter(({ applies }) => applies === undefined || applies(input as never))
      .map(({ action }) => action);

  it('has every operation there is, and no other', () => {
    const named = new Set(requiredPermissions.map(({ operation }) => operation));
    expect([...named].sort()).toEqual(operations.map(({ name }) => name).sort());
  });

  it.each(operations.map((operation) => [operation.name, operation] as const))(
    'has every action of %s, and every input that asks for others',
    (_name, operation) => {
      const inTable = new Set(
        rowsOf(operation).flatMap(({ actions, createsBucket }) =>
          // What a bucket that is made costs is the handler's to say.
          (createsBucket ? actions.slice(0, 1) : actions).map(([action]) => action),
        ),
      );
      expect([...inTable].sort()).toEqual(
        [...new Set(operation.actions.map(({ action }) => action))].sort(),
      );
      const usual = actionsFor(operation, {});
      const asking = Object.keys(operation.input).filter(
        (name) => String(actionsFor(operation, { [name]: 'x' })) !== String(usual),
      );
      const withs = rowsOf(operation).flatMap(({ with: input }) => input ?? []);
      expect(asking.sort()).toEqual(withs.sort());
      for (const row of rowsOf(operation)) {
        const input = row.with === undefined ? {} : { [row.with]: 'x' };
        const actions = row.actions.map(([action]) => action);
        const expected = row.createsBucket ? actions.slice(0, 1) : actions;
        expect(actionsFor(operation, input)).toEqual(expected);
      }
    },
  );
});
