import type { ServerLimits } from '../limits.js';

/**
 * What one of so many workers takes on. Connections come to them in turn, so each has its part of
 * everything that is counted; how long slow clients are borne with is the same everywhere.
 */
export function shareOf(limits: ServerLimits, workers: number): ServerLimits {
  const part = (whole: number): number => Math.ceil(whole / workers);
  return {
    ...limits,
    maxConnections: part(limits.maxConnections),
    maxRequests: part(limits.maxRequests),
    transferMemory: part(limits.transferMemory),
    documentMemory: part(limits.documentMemory),
  };
}
