import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type CompiledPolicy,
  compilePolicy,
  judgeAssumeRole,
  PolicyError,
  type PolicyKind,
  parsePolicy,
  parseResource,
} from '@openoss/access';
import { Directory, type PolicyCompiler, type PolicyLanguage } from '@openoss/directory';
import { RpcServer } from '@openoss/rpc';
import { openEmbeddedStore } from '@openoss/storage';
import { onTestFinished } from 'vitest';

const reading =
  (kind: PolicyKind): PolicyCompiler<CompiledPolicy> =>
  (document, name) => {
    try {
      return { policy: compilePolicy(parsePolicy(document, kind), name) };
    } catch (error) {
      if (error instanceof PolicyError) return { malformed: error.message };
      throw error;
    }
  };

const language: PolicyLanguage<CompiledPolicy, CompiledPolicy> = {
  managed: reading('ram'),
  session: reading('session'),
  trust: reading('trust'),
  mayAssume({ caller, role, trust, permissions, context }) {
    const resource = parseResource(role.arn);
    return (
      resource !== undefined &&
      judgeAssumeRole({
        principal: caller,
        role: resource,
        trustPolicy: trust,
        identityPolicies: permissions.granted.map(({ policy }) => policy),
        sessionPolicy: permissions.session,
        context,
      }).allowed
    );
  },
};

/** RAM and STS on a store of their own, until the test is over. */
export async function startRpc() {
  const folder = await mkdtemp(path.join(tmpdir(), 'openoss-rpc-'));
  const store = await openEmbeddedStore({ directory: folder, minFreeBytes: 256 * 1024 });
  const clock = { ahead: 0 };
  const now = () => Date.now() + clock.ahead;
  const root = { accessKeyId: 'rootkeyid', accessKeySecret: 'rootkeysecret' };
  const directory = await Directory.open(store.room('directory'), root, {
    key: { bytes: Buffer.alloc(32, 9), source: 'the test' },
    clock: now,
  });
  const failures: unknown[] = [];
  const server = new RpcServer({
    directory,
    identities: directory.identities(language),
    log: { error: (fields) => failures.push(fields) },
    now,
  });
  const { port } = await server.listen('127.0.0.1', 0);
  onTestFinished(async () => {
    await server.close(1000);
    await directory.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    root,
    account: directory.account,
    directory,
    clock,
    failures,
  };
}
