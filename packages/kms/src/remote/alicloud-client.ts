import { createRequire } from 'node:module';
import type { CallAnswer, CallParameters } from './kms-caller.js';

export interface AlicloudSettings {
  /** The KMS, such as `https://kms.cn-hangzhou.aliyuncs.com`. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Milliseconds that a connection, and an answer, may be waited for. */
  readonly attemptTimeout: number;
}

/** One attempt at a call; rejects with whatever the package rejects with. */
export interface AlicloudClient {
  call(action: string, parameters: CallParameters): Promise<CallAnswer>;
}

const VERSION = '2016-01-20';

/** What calls of this service end their User-Agent with. */
const AGENT = 'OpenOSS';

/** Whether it is another service like this one that calls, by its User-Agent. */
export const isPassedOn = (userAgent: string | undefined): boolean =>
  userAgent?.split(' ').at(-1) === AGENT;

/** A client of Alibaba Cloud's own package, which is loaded only where it is needed. */
export function openAlicloudClient(settings: AlicloudSettings): AlicloudClient {
  const { endpoint, accessKeyId, accessKeySecret, attemptTimeout } = settings;
  const require = createRequire(import.meta.url);
  // It is CommonJS; how an import of it looks depends on who runs it.
  const kms: typeof import('@alicloud/kms20160120') = require('@alicloud/kms20160120');
  type Config = ConstructorParameters<typeof kms.default>[0];
  const { host, protocol } = new URL(endpoint);
  const config = {
    accessKeyId,
    accessKeySecret,
    endpoint: host,
    protocol: protocol.slice(0, -1),
    regionId: 'unused',
    type: 'access_key',
    userAgent: AGENT,
  };
  // The class of its settings is a package's of its own; it reads nothing but its members.
  const client = new kms.default(config as unknown as Config);
  type Request = Parameters<typeof client.doRequest>;
  const runtime = {
    connectTimeout: attemptTimeout,
    readTimeout: attemptTimeout,
    autoretry: false,
  } as unknown as Request[7];
  return {
    async call(action, parameters) {
      const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
      // In the body, not in the query: addresses end up in the logs of proxies, and some of this is secret. The
      // package's own methods, one an action, would put it there, and have none for ReEncrypt.
      const body: Request[6] = Object.fromEntries(
        given.map(([name, value]) => [name, String(value)]),
      );
      return client.doRequest(action, protocol, 'POST', VERSION, 'AK', {}, body, runtime);
    },
  };
}
