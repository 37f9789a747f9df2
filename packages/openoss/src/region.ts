import { UsageError } from './command-line.js';

/** A region id in the form OSS's clients accept. */
export function checkRegion(region: string): string {
  if (!/^[a-z0-9-]{1,63}$/.test(region)) {
    throw new UsageError(
      `not a region id: ${region} (lower-case letters, digits and hyphens, such as cn-hangzhou)`,
    );
  }
  if (region.startsWith('oss-')) {
    throw new UsageError(
      `not a region id: ${region} (write ${region.slice(4)}: "oss-" begins the name of an endpoint)`,
    );
  }
  return region;
}
