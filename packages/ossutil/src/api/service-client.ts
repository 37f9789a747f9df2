import type { Agent } from 'node:http';
import {
  anonymousCredentials,
  type ConnectionOptions,
  type CredentialsProvider,
  type Log,
  OssClient,
  staticCredentials,
} from '@openoss/client';
import { resolveEndpoint } from '../configuration/endpoint.js';
import { proxyFor } from '../configuration/proxy.js';
import type { Settings } from '../configuration/settings.js';
import type { Logger } from '../log/logger.js';
import type { ProgramEdge } from '../program/program-edge.js';
import { programVersion } from '../program/program-version.js';

/** What a client is made for. */
export interface ClientNeeds {
  readonly settings: Settings;
  /** The bucket of the call, if any: it may have an endpoint of its own. */
  readonly bucket: string | undefined;
  readonly edge: Pick<ProgramEdge, 'environment' | 'interruption' | 'workingDirectory'>;
  readonly logger: Logger;
  /** What the log may not hold; the secrets of fetched credentials are added. */
  readonly secrets: string[];
  /** Aborted when the command has ended. */
  readonly ended: AbortSignal;
}

/**
 * The client for one call, as the settings say.
 *
 * @throws UsageError when the region is missing, or the proxy is none
 * @throws ClientError when endpoint or region are malformed
 */
export async function serviceClient(needs: ClientNeeds): Promise<OssClient> {
  const { settings, bucket, logger } = needs;
  const { signVersion } = settings;
  const anonymous = settings.credentials.mode === 'Anonymous';
  const { origin, region, addressingStyle } = resolveEndpoint(settings.location, {
    bucket,
    signVersion,
    anonymous,
  });
  const log: Log = (level, message) =>
    level === 'debug' ? logger.debug(message) : logger.info(message);
  const custom = settings.userAgent === undefined ? '' : ` ${settings.userAgent}`;
  return new OssClient({
    endpoint: origin,
    region,
    credentials: await credentialsProvider(needs, log),
    addressingStyle,
    signVersion,
    connectTimeoutMs: settings.connectTimeout,
    readWriteTimeoutMs: settings.readTimeout,
    // The first try and as many retries as were asked for.
    maxAttempts: settings.retryTimes + 1,
    userAgent: `ossutil/${programVersion}${custom}`,
    log,
    ...(await connectionTo(new URL(origin), needs)),
  });
}

async function credentialsProvider(needs: ClientNeeds, log: Log): Promise<CredentialsProvider> {
  const { settings, edge, ended, secrets } = needs;
  const { credentials } = settings;
  switch (credentials.mode) {
    case 'Anonymous':
      return anonymousCredentials;
    case 'AK':
    case 'StsToken':
      return staticCredentials(credentials);
    default: {
      const { fetchedProvider } = await import('./fetched-provider.js');
      return await fetchedProvider(credentials, {
        environment: edge.environment,
        workingDirectory: edge.workingDirectory,
        log,
        signals: [edge.interruption, ended],
        connectionTo: (url) => connectionTo(url, needs),
        onCredentials: ({ accessKeySecret, securityToken = '' }) => {
          secrets.push(accessKeySecret, securityToken);
        },
      });
    }
  }
}

/** How an address is reached: through the proxy, if there is one for it, and with which certificates. */
async function connectionTo(url: URL, { settings, edge }: ClientNeeds): Promise<ConnectionOptions> {
  const proxy = proxyFor(settings.proxy, url, edge.environment);
  const tls = { rejectUnauthorized: !settings.skipVerifyCert };
  return { tls, ...(await proxyOptions(proxy, url.origin, settings)) };
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
