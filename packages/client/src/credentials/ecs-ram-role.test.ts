import { describe, expect, it } from 'vitest';
import { credentialsDocument, readDocument, testExchange } from '../testing/exchange-options.js';
import { answeringServer } from '../testing/loopback-server.js';
import { type EcsRamRoleOptions, ecsRamRole } from './ecs-ram-role.js';

const ROLES = '/latest/meta-data/ram/security-credentials/';
const TOKEN_HEADER = 'x-aliyun-ecs-metadata-token';

interface Metadata {
  /** Status of the PUT for a token. */
  readonly token?: number;
  /** Whether questions without a token are answered. */
  readonly plain?: boolean;
  /** Whether questions with a token are answered. */
  readonly hardened?: boolean;
  readonly role?: string | undefined;
  readonly document?: Readonly<Record<string, unknown>>;
}

/** The metadata service of an instance. */
async function metadataService(service: Metadata = {}) {
  const { token = 200, plain = true, hardened = true, role = 'backup' } = service;
  const seen: string[] = [];
  const server = await answeringServer((response, { method, url, headers }) => {
    const given = headers[TOKEN_HEADER];
    seen.push(`${method} ${url}${given === undefined ? '' : ` ${given}`}`);
    if (method === 'PUT') {
      const ttl = headers['x-aliyun-ecs-metadata-token-ttl-seconds'];
      const asked = url === '/latest/api/token' && ttl === '21600';
      response.writeHead(asked ? token : 400).end('metadata-token\n');
    } else if (given === undefined ? !plain : !(hardened && given === 'metadata-token')) {
      response.writeHead(403).end('forbidden');
    } else if (url === ROLES && 'role' in service && service.role === undefined) {
      response.writeHead(404).end();
    } else if (url === ROLES) {
      response.end(`${role}\n`);
    } else if (url === `${ROLES}${role}`) {
      response.end(
        JSON.stringify({ Code: 'Success', ...credentialsDocument(), ...service.document }),
      );
    } else {
      response.writeHead(404).end();
    }
  });
  const ask = (options: Partial<EcsRamRoleOptions> = {}) =>
    ecsRamRole({ ...testExchange(), metadata: new URL(server.endpoint), ...options })();
  return { seen, ask };
}

describe("credentials of an instance's role", () => {
  it('are asked for with a token, the name of the role first', async () => {
    const { seen, ask } = await metadataService();
    expect(await ask()).toEqual(readDocument);
    expect(seen).toEqual([
      'PUT /latest/api/token',
      `GET ${ROLES} metadata-token`,
      `GET ${ROLES}backup metadata-token`,
    ]);
  });

  it('are asked for by name where the name is known', async () => {
    const { seen, ask } = await metadataService();
    await ask({ roleName: 'backup' });
    expect(seen).toEqual(['PUT /latest/api/token', `GET ${ROLES}backup metadata-token`]);
    await expect(ask({ roleName: 'other/../role' })).rejects.toThrow(
      'this instance has no RAM role "other/../role"',
    );
    expect(seen.at(-1)).toBe(`GET ${ROLES}other%2F..%2Frole metadata-token`);
  });

  it.each([
    ['gives no tokens', { token: 404 }],
    ['takes none', { hardened: false }],
  ])('are asked for without one of a service that %s', async (_, service) => {
    const { ask } = await metadataService(service);
    expect(await ask()).toEqual(readDocument);
    await expect(ask({ hardened: true })).rejects.toThrow(/answered 40[34]$/);
  });

  it('are asked for in hardened mode of a service that takes nothing else', async () => {
    const { ask } = await metadataService({ plain: false });
    expect(await ask({ hardened: true })).toEqual(readDocument);
  });

  it.each([
    ['this instance has no RAM role', { role: undefined }],
    ['there is no name of a role in the answer of', { role: '<html>' }],
    ['Code is not Success in the answer of', { document: { Code: 'AssumeRoleFailed' } }],
    ['missing SecurityToken in the answer of', { document: { SecurityToken: '' } }],
  ])('are an error: %s', async (message, service) => {
    const { ask } = await metadataService(service);
    await expect(ask()).rejects.toThrow(message);
  });

  it('are an error where there is no metadata service', async () => {
    await expect(
      ecsRamRole({ ...testExchange(), metadata: new URL('http://127.0.0.1:1') })(),
    ).rejects.toThrow(/127\.0\.0\.1:1/);
  });
});
