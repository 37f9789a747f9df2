/** What an action is done to: an Alibaba Cloud resource name, taken apart. */
export interface Resource {
  /** `oss`, `kms`, `ram`. */
  readonly service: string;
  /** Such as `cn-hangzhou`; empty for what is in no region. */
  readonly region: string;
  /** The UID of the account that owns it. */
  readonly account: string;
  /** For OSS `bucket`, `bucket/key`, or `*` for the service itself. */
  readonly relativeId: string;
}

/** The resource of an action of OSS: a bucket's, an object's if there is a key, the service's without a bucket. */
export function ossResource(of: {
  readonly region: string;
  /** The UID of the bucket's owner; for the service itself, of who asks. */
  readonly account: string;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
}): Resource {
  const { region, account, bucket, key } = of;
  const relativeId = bucket === undefined ? '*' : key === undefined ? bucket : `${bucket}/${key}`;
  return { service: 'oss', region, account, relativeId };
}

/**
 * Takes `acs:service:region:account:relative-id` apart; the last part keeps its colons. Undefined if a part
 * is missing.
 */
export function parseResource(text: string): Resource | undefined {
  const [scheme, service, region, account, ...rest] = text.split(':');
  if (scheme !== 'acs' || service === undefined || region === undefined) return undefined;
  if (account === undefined || rest.length === 0) return undefined;
  const relativeId = rest.join(':');
  return service === '' || relativeId === '' ? undefined : { service, region, account, relativeId };
}

/** The name of a resource, as policies and people write it. */
export function formatResource({ service, region, account, relativeId }: Resource): string {
  return `acs:${service}:${region}:${account}:${relativeId}`;
}
