import { createRequire } from 'node:module';
import type { Keys } from './official-packages.js';

const require = createRequire(import.meta.url);
// It is CommonJS; how an import of it looks depends on who runs it.
export const kms: typeof import('@alicloud/kms20160120') = require('@alicloud/kms20160120');

export type KmsClient = InstanceType<typeof kms.default>;

/** The client of Alibaba Cloud's own package for KMS, told nothing but where the service is. */
export function officialKms(endpoint: string, keys: Keys): KmsClient {
  const { host, protocol } = new URL(endpoint);
  const config = {
    ...keys,
    endpoint: host,
    protocol: protocol.slice(0, -1),
    regionId: 'cn-hangzhou',
  };
  // The class of its settings is a package's of its own; it reads nothing but its members.
  return new kms.default(config as unknown as ConstructorParameters<typeof kms.default>[0]);
}

/** An action that the package has no method for. */
export function callKms(
  client: KmsClient,
  action: string,
  parameters: Readonly<Record<string, string | number>>,
): Promise<Record<string, unknown>> {
  const runtime = {} as unknown as Parameters<typeof client.doRequest>[7];
  return client.doRequest(action, 'http', 'POST', '2016-01-20', 'AK', parameters, {}, runtime);
}

/** What a call is refused with, as `404 Forbidden.KeyNotFound`; `none` when it is not. */
export async function kmsRefusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { data } = error as {
      readonly data?: { readonly HttpStatus: number; readonly Code: string };
    };
    if (data !== undefined) return `${data.HttpStatus} ${data.Code}`;
    throw error;
  }
  return 'none';
}
