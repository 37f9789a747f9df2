import type { RequestContext } from '../condition/request-context.js';
import { judge } from '../judge.js';
import { compilePolicy } from '../policy/compile-policy.js';
import { parsePolicy } from '../policy/parse-policy.js';
import type { Principal } from '../principal.js';
import { ossResource } from '../resource.js';
import type { Verdict } from '../verdict.js';

// What policies that Alibaba Cloud's help publishes are asked, in tests. Digits stand where the pages hide
// them.

/** The owner of the bucket that policies are published for. */
export const OWNER = '1746495857600000';
export const owner: Principal = { kind: 'account', account: OWNER };
export const alice: Principal = {
  kind: 'user',
  account: OWNER,
  user: '20214760404935000',
  name: 'alice',
};
export const bob: Principal = {
  kind: 'user',
  account: OWNER,
  user: '27737962156157000',
  name: 'bob',
};
export const nobody: Principal = { kind: 'anonymous' };

/** A context that knows these values. */
export const context =
  (known: Readonly<Record<string, string>>): RequestContext =>
  (key) =>
    known[key];
export const fromInternet = (address: string) =>
  context({ 'acs:SourceIp': address, 'acs:SourceVpc': '' });
export const fromVpc = (vpc: string, address = '192.168.0.1') =>
  context({ 'acs:SourceIp': address, 'acs:SourceVpc': vpc });

/** A request into that bucket, and the policies there are. */
export interface Asked {
  readonly ram?: object;
  readonly bucketPolicy?: object;
  readonly by: Principal;
  readonly action: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly context?: RequestContext;
}

/** What is decided of it. */
export function ask({
  ram,
  bucketPolicy,
  by,
  action,
  bucket = 'example-bucket',
  key,
  context,
}: Asked): Verdict {
  return judge({
    principal: by,
    actions: [action],
    resource: ossResource({ region: 'cn-hangzhou', account: OWNER, bucket, key }),
    bucket: {
      owner: OWNER,
      acl: 'private',
      policy:
        bucketPolicy === undefined
          ? undefined
          : compilePolicy(parsePolicy(JSON.stringify(bucketPolicy), 'bucket'), bucket),
    },
    identityPolicies:
      ram === undefined
        ? []
        : [compilePolicy(parsePolicy(JSON.stringify(ram), 'ram'), 'published')],
    context,
  });
}
export const may = (asked: Asked) => ask(asked).allowed;
export const policy = (...Statement: object[]) => ({ Version: '1', Statement });
