import type { CompiledPolicy } from '@openoss/access';
import { type AccessKey, type Directory, type Identities, RamError } from '@openoss/directory';
import type { Kms } from '@openoss/kms';
import { rpcSignature, rpcStringToSign } from '@openoss/protocol';
import { expect, it } from 'vitest';
import { RpcService } from './rpc-service.js';

const key: AccessKey = { id: 'id', secret: 'secret', principal: { kind: 'account', account: '1' } };

/** What a list of users is answered with when the directory fails like this. */
async function answerTo(failure: unknown) {
  const logged: unknown[] = [];
  const uses: unknown[] = [];
  const directory: Partial<Directory> = {
    findAccessKey: () => key,
    noteUse: (one, service) => uses.push([one.id, service]),
  };
  const identities = {
    permissions: { of: () => ({ granted: [], session: undefined }) },
    ram: () => ({ users: { list: () => Promise.reject(failure) } }),
  };
  const now = () => Date.UTC(2026, 10, 26);
  const service = new RpcService({
    directory: directory as Directory,
    identities: identities as unknown as Identities<CompiledPolicy, CompiledPolicy>,
    kms: { keysOf: () => Promise.reject(failure) } as unknown as Kms,
    region: 'cn-hangzhou',
    explainer: { explain: () => Promise.reject(failure) },
    reencryptor: { begin: () => Promise.reject(failure) },
    log: { error: (fields) => logged.push(fields.err), warn: (fields) => logged.push(fields) },
    now,
  });
  const parameters: [string, string][] = Object.entries({
    Action: 'ListUsers',
    Version: '2015-05-01',
    Format: 'JSON',
    AccessKeyId: 'id',
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: 'nonce',
    Timestamp: '2026-11-26T00:00:00Z',
  });
  parameters.push(['Signature', rpcSignature('secret', rpcStringToSign('GET', parameters))]);
  const { status, body } = await service.serve({
    method: 'GET',
    target: `/?${new URLSearchParams(parameters)}`,
    headers: new Map([['host', 'ram']]),
    body: Buffer.alloc(0),
    peer: '127.0.0.1',
    isSecure: false,
  });
  if (typeof body !== 'string') throw new Error('a refusal is answered whole');
  return { outcome: `${status} ${JSON.parse(body).Code}`, body, logged, uses };
}

it('keeps a failure of its own to itself, and hands on a refusal', async () => {
  const failure = new Error('something with a secret in it');
  const failed = await answerTo(failure);
  expect(failed.outcome).toBe('500 InternalError');
  expect(failed.body).not.toContain('secret');
  expect(failed.logged).toEqual([failure]);
  expect(failed.uses).toEqual([['id', 'Ram']]);

  const refused = await answerTo(RamError.of('DirectoryKeyMissing'));
  expect(refused.outcome).toBe('503 ServiceUnavailable');
  expect(refused.body).toContain('OPENOSS_DIRECTORY_KEY');
  expect(refused.logged).toEqual([]);
});
