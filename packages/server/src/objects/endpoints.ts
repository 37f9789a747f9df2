import type { ServerSettings } from '../settings.js';

/** Where a bucket is and how it is reached, in OSS's terms. */
export function endpointsOf({ region }: Pick<ServerSettings, 'region'>): {
  readonly location: string;
  readonly region: string;
  readonly extranetEndpoint: string;
  readonly intranetEndpoint: string;
} {
  return {
    location: `oss-${region}`,
    region,
    extranetEndpoint: `oss-${region}.aliyuncs.com`,
    intranetEndpoint: `oss-${region}-internal.aliyuncs.com`,
  };
}
