import { parseResource, type Resource } from '../resource.js';
import { compileWildcard, hasWildcard, type Wildcard } from '../text/wildcard.js';

/** Which resources a policy speaks of: every part may have wildcards. */
export type ResourcePattern = Resource | 'all';

/** Reads `*` or `acs:service:region:account:name`; undefined if it is neither. */
export function parseResourcePattern(text: string): ResourcePattern | undefined {
  return text === '*' ? 'all' : parseResource(text);
}

/**
 * Compiles a pattern. Each part is matched for itself, so that a star in one part never reaches into the
 * next: a key may have colons in it. `oss-cn-hangzhou` in a policy is the region `cn-hangzhou`.
 */
export function compileResourcePattern(pattern: ResourcePattern): (resource: Resource) => boolean {
  if (pattern === 'all') return () => true;
  const relativeId = compileWildcard(pattern.relativeId);
  const { service } = pattern;
  const isOfService = hasWildcard(service) ? compileWildcard(service) : undefined;
  const isOfAccount = unlessAny(pattern.account);
  const isInRegion = unlessAny(pattern.region.replace(/^oss-/, ''));
  return (resource) =>
    (isOfService === undefined ? resource.service === service : isOfService(resource.service)) &&
    relativeId(resource.relativeId) &&
    (isOfAccount === undefined || isOfAccount(resource.account)) &&
    (isInRegion === undefined || isInRegion(resource.region));
}

function unlessAny(pattern: string): Wildcard | undefined {
  return pattern === '*' ? undefined : compileWildcard(pattern);
}
