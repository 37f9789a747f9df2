import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessQuestion } from './access-question.js';
import { explain } from './explain.js';
import { judge, judgeBeforeObject } from './judge.js';
import { compilePolicy } from './policy/compile-policy.js';
import { parsePolicy } from './policy/parse-policy.js';
import type { PolicyKind } from './policy/policy-kind.js';
import { ossResource } from './resource.js';
import {
  Dice,
  type PlainPolicy,
  type PlainStatement,
  randomPolicies,
  randomStatement,
  randomWorld,
  type World,
} from './testing/random-world.js';

const compiled = (kind: PolicyKind, plain: PlainPolicy | undefined) =>
  plain && compilePolicy(parsePolicy(plain, kind), kind);

function questionOf(world: World): AccessQuestion {
  const { bucketOwner: account, bucketName: bucket, key, region } = world;
  return {
    principal: world.principal,
    actions: world.actions,
    resource: ossResource({ region, account, bucket, key }),
    bucket: {
      owner: account,
      acl: world.bucketAcl,
      blocksPublicAccess: world.blocked,
      policy: compiled('bucket', world.bucketPolicy),
    },
    object: world.objectAcl === undefined ? undefined : { acl: world.objectAcl },
    sessionPolicy: compiled('session', world.session),
    identityPolicies: world.identity.map((one) => compilePolicy(parsePolicy(one, 'ram'), 'ram')),
    context: (name) => world.known[name],
  };
}

const seeds = fc.integer({ min: 0, max: 0xffffffff });
const worldOf = (seed: number) => {
  const dice = new Dice(seed);
  return randomWorld(dice, randomPolicies(dice));
};
const withStatement = (
  policy: PlainPolicy | undefined,
  statement: PlainStatement,
): PlainPolicy => ({
  Version: '1',
  Statement: [...(policy?.Statement ?? []), statement],
});

/** The world with one statement more, in each of the policies it has or might have. */
function* withOneMore(world: World, dice: Dice, Effect: 'Allow' | 'Deny'): Generator<World> {
  const plain = { ...randomStatement(dice, false), Effect };
  const ofBucket = { ...randomStatement(dice, true), Effect };
  // A session without a policy is not narrowed: a first statement narrows it, whatever it says.
  if (world.session !== undefined) yield { ...world, session: withStatement(world.session, plain) };
  yield { ...world, identity: [...world.identity, withStatement(undefined, plain)] };
  for (const at of world.identity.keys()) {
    yield {
      ...world,
      identity: world.identity.map((one, index) =>
        index === at ? withStatement(one, plain) : one,
      ),
    };
  }
  yield { ...world, bucketPolicy: withStatement(world.bucketPolicy, ofBucket) };
}

describe('a decision', () => {
  it('never allows more for one Deny more', () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, other) => {
        const world = worldOf(seed);
        fc.pre(!judge(questionOf(world)).allowed);
        for (const more of withOneMore(world, new Dice(other), 'Deny')) {
          expect(judge(questionOf(more)).allowed).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('never allows less for one Allow more', () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, other) => {
        const world = worldOf(seed);
        fc.pre(judge(questionOf(world)).allowed);
        for (const more of withOneMore(world, new Dice(other), 'Allow')) {
          expect(judge(questionOf(more)).allowed).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('names a statement that is there, of the effect that decided', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const world = worldOf(seed);
        const verdict = judge(questionOf(world));
        const { statement } = verdict;
        const byPolicy = verdict.allowed
          ? verdict.stage === 'identity-policy' || verdict.stage === 'bucket-policy'
          : verdict.explicit;
        expect(statement !== undefined).toBe(byPolicy);
        if (statement === undefined) return;
        expect(statement.effect).toBe(verdict.allowed ? 'Allow' : 'Deny');
        const policies = {
          session: [world.session],
          ram: world.identity,
          bucket: [world.bucketPolicy],
          trust: [],
        }[statement.policy.kind];
        expect(
          policies.some(
            (policy) => policy?.Statement[statement.index]?.Effect === statement.effect,
          ),
        ).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is what its explanation says, and what is said before the object is known', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const question = questionOf(worldOf(seed));
        const verdict = judge(question);
        const { verdict: explained, steps } = explain(question);
        expect(explained).toEqual(verdict);
        const last = steps.at(-1);
        if (!verdict.allowed) {
          const outcomes = steps
            .filter(({ action }) => action === verdict.action)
            .map(({ outcome }) => outcome);
          expect(outcomes).toContain(verdict.explicit ? 'explicit-deny' : 'implicit-deny');
          expect(last?.action).toBe(verdict.action);
        }
        const early = judgeBeforeObject(question);
        if (early !== undefined) expect(early).toEqual(verdict);
      }),
      { numRuns: 2000 },
    );
  });

  it('without ACLs open to everybody is the same whatever the object’s ACL, once it is known early', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const question = questionOf(worldOf(seed));
        const early = judgeBeforeObject(question);
        fc.pre(early !== undefined);
        for (const acl of ['default', 'private', 'public-read', 'public-read-write'] as const) {
          expect(judge({ ...question, object: { acl } })).toEqual(early);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
