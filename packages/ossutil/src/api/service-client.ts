import type { Agent } from 'node:http';
import {
  anonymousCredentials,
  type Credentials,
  OssClient,
  staticCredentials,
} from '@openoss/client';
import { resolveEndpoint } from '../configuration/endpoint.js';
import { proxyFor } from '../configuration/proxy.js';
import type { Settings } from '../configuration/settings.js';
import type { Logger } from '../log/logger.js';
import { programVersion } from '../program/program-version.js';

/** What a client is made for. */
export interface ClientNeeds {
  readonly settings: Settings;
  /** The bucket of the call, if any: it may have an endpoint of its own. */
  readonly bucket: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
}

/**
 * The client for one call, as the settings say.
 *
 * @throws UsageError when the region is missing, or the proxy is none
 * @throws ClientError when endpoint or region are malformed
 */
export async function serviceClient(needs: ClientNeeds): Promise<OssClient> {
  const { settings, bucket, environment, logger } = needs;
  const { credentials, signVersion } = settings;
  const anonymous = credentials.mode === 'Anonymous';
  const { origin, region, addressingStyle } = resolveEndpoint(settings.location, {
    bucket,
    signVersion,
    anonymous,
  });
  const custom = settings.userAgent === undefined ? '' : ` ${settings.userAgent}`;
  return new OssClient({
    endpoint: origin,
    region,
    credentials: anonymous
      ? anonymousCredentials
      : staticCredentials(signingCredentials(credentials)),
    addressingStyle,
    signVersion,
    connectTimeoutMs: settings.connectTimeout,
    readWriteTimeoutMs: settings.readTimeout,
    // The first try and as many retries as were asked for.
    maxAttempts: settings.retryTimes + 1,
    userAgent: `ossutil/${programVersion}${custom}`,
    tls: { rejectUnauthorized: !settings.skipVerifyCert },
    log: (level, message) => (level === 'debug' ? logger.debug(message) : logger.info(message)),
    ...(await proxyOptions(
      proxyFor(settings.proxy, new URL(origin), environment),
      origin,
      settings,
    )),
  });
}

function signingCredentials(
  credentials: Exclude<Settings['credentials'], { mode: 'Anonymous' }>,
): Credentials {
  const { accessKeyId, accessKeySecret } = credentials;
  return credentials.mode === 'StsToken'
    ? { accessKeyId, accessKeySecret, securityToken: credentials.securityToken }
    : { accessKeyId, accessKeySecret };
}

/** Plain HTTP is handed to a proxy whole; HTTPS is tunnelled through it. */
async function proxyOptions(
  proxy: URL | undefined,
  origin: string,
  settings: Settings,
): Promise<{ readonly forwardProxy?: string; readonly agent?: Agent }> {
  if (proxy === undefined) return {};
  if (!origin.startsWith('https:')) return { forwardProxy: proxy.href };
  const { ProxyTunnel } = await import('./proxy-tunnel.js');
  return { agent: new ProxyTunnel(proxy, { rejectUnauthorized: !settings.skipVerifyCert }) };
}
