import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
// They are CommonJS; how an import of one looks depends on who runs it.
export const ram: typeof import('@alicloud/ram20150501') = require('@alicloud/ram20150501');
export const sts: typeof import('@alicloud/sts20150401') = require('@alicloud/sts20150401');

export type RamClient = InstanceType<typeof ram.default>;
export type StsClient = InstanceType<typeof sts.default>;

/** An access key, or one of a session. */
export interface Keys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/** How the packages sign: `v2` is the older RPC signature, without it they use ACS3. */
export type SignatureAlgorithm = 'v2' | undefined;

/** The clients of Alibaba Cloud's own packages, told nothing but where the service is. */
export function officialClients(
  endpoint: string,
  keys: Keys,
  signatureAlgorithm?: SignatureAlgorithm,
): { readonly ram: RamClient; readonly sts: StsClient } {
  const { host, protocol } = new URL(endpoint);
  const config = {
    ...keys,
    type: keys.securityToken === undefined ? 'access_key' : 'sts',
    endpoint: host,
    protocol: protocol.slice(0, -1),
    signatureAlgorithm,
  };
  // The class of their settings is a package's of its own; they read nothing but its members.
  return {
    ram: new ram.default(config as unknown as ConstructorParameters<typeof ram.default>[0]),
    sts: new sts.default(config as unknown as ConstructorParameters<typeof sts.default>[0]),
  };
}

/** What a call is refused with, as `404 EntityNotExist.User`; `none` when it is not. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'statusCode' in error) {
      return `${error.statusCode} ${error.code}`;
    }
    throw error;
  }
  return 'none';
}
