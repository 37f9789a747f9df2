import { UsageError } from '../errors/usage-error.js';
import type { Environment } from './environment-variables.js';

function parseProxy(text: string, from: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  }
  throw new UsageError(`${from}: "${text}" is not a proxy`, {
    advice: 'a proxy is written http://host:port or https://host:port; --proxy also takes env',
  });
}

/** Whether `NO_PROXY` (a comma list of hosts, domains or `*`, each with an optional port) covers a URL. */
function isExempt(url: URL, list: string): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return list.split(',').some((entry) => {
    const [host = '', itsPort] = entry.trim().toLowerCase().split(':');
    if (host === '') return false;
    if (itsPort !== undefined && itsPort !== port) return false;
    if (host === '*') return true;
    const domain = host.replace(/^\*?\./, '');
    return url.hostname === domain || url.hostname.endsWith(`.${domain}`);
  });
}

/**
 * The proxy that requests to `target` go through, or undefined.
 *
 * With `env` it is what Go's `ProxyFromEnvironment` finds: `HTTPS_PROXY` or `HTTP_PROXY` by the
 * scheme of the target, in either case of letters, except for what `NO_PROXY` lists and for the
 * machine itself.
 *
 * @param proxy the setting: `http://…`, `https://…`, or `env`
 * @throws UsageError when the proxy is not a URL of either kind
 */
export function proxyFor(
  proxy: string | undefined,
  target: URL,
  environment: Environment,
): URL | undefined {
  if (proxy === undefined) return undefined;
  if (proxy !== 'env') return parseProxy(proxy, 'proxy');
  const variable = (name: string) => environment[name] || environment[name.toLowerCase()];
  if (target.hostname === 'localhost' || /^(?:127\.|\[::1\]$)/.test(target.hostname)) {
    return undefined;
  }
  if (isExempt(target, variable('NO_PROXY') ?? '')) return undefined;
  const name = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const text = variable(name);
  if (text === undefined || text === '') return undefined;
  return parseProxy(text.includes('://') ? text : `http://${text}`, name);
}
