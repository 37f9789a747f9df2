import { UsageError } from '../command-line.js';
import { ADMIN_STATUS, type AdminCommand, adminCommand } from './admin-command.js';
import { readDocument } from './document-argument.js';
import { type ExplainedAccess, explanationText } from './explanation-text.js';

/** `key=value` pairs as the JSON object that the server takes; undefined for none. */
function contextOf(pairs: readonly string[]): string | undefined {
  if (pairs.length === 0) return undefined;
  const context = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, at);
    if (at < 1) throw new UsageError(`--context takes KEY=VALUE, not ${JSON.stringify(pair)}`);
    if (context.has(key)) throw new UsageError(`--context says ${key} twice`);
    context.set(key, pair.slice(at + 1));
  }
  return JSON.stringify(Object.fromEntries(context));
}

export const explainCommands: readonly AdminCommand[] = [
  adminCommand({
    name: 'explain',
    summary:
      'Decides about a request to OSS, or about a key of KMS, as the server would now, and tells why',
    flags: {
      as: {
        type: 'string',
        value: 'WHO',
        doc: 'a user, role/NAME, role/NAME/SESSION, root (the\naccount itself), anonymous; of another account by\nARN or UID',
      },
      action: {
        type: 'string',
        multiple: true,
        value: 'ACTION',
        doc: 'such as oss:PutObject; given again for what the\nrequest needs besides, such as oss:PutObjectTagging;\nor on a key of KMS, such as kms:GenerateDataKey',
      },
      resource: {
        type: 'string',
        value: 'RESOURCE',
        doc: 'BUCKET/KEY, BUCKET, * for the service, or the same\nbehind acs:oss:*:*:; of KMS the id of a key,\nalias/NAME, or acs:kms:*:*:key/ID',
      },
      context: {
        type: 'string',
        multiple: true,
        value: 'KEY=VALUE',
        doc: 'what conditions may ask for, such as\nacs:SourceIp=10.0.0.1, or that a put asks for\nencryption: x-oss-server-side-encryption=KMS;\nmay be given again',
      },
      'session-policy': {
        type: 'string',
        value: 'DOCUMENT',
        doc: "the policy a role's session is held to: a file's\nname, - for standard input, or the JSON itself",
      },
    },
    more: `Nothing is done to the bucket. What is not told of the request is unknown: a condition on it does not hold
where it asks for a value, and the answer says which keys were asked for in vain. The exit status is 4 for a
request that would be denied. Besides the account, those may ask whom a policy allows openoss:ExplainAccess
(on acs:openoss:*:*:user/NAME, role/NAME, root, anonymous or another-account). Calls of RAM and STS are not
explained. Of another account what it may do to this account's buckets is: --as acs:ram::UID:user/NAME,
acs:ram::UID:role/NAME/SESSION, arn:sts::UID:assumed-role/NAME/SESSION, acs:ram::UID:root, or the UID alone.

Where the object is encrypted with KMS (by the bucket's rule, by what --context tells of
x-oss-server-side-encryption and x-oss-server-side-encryption-key-id, or because it is there and is), oss:PutObject
and oss:GetObject take permission for the key as well: it is decided with them, and shown.

Examples:
  openoss admin explain --as alice --action oss:PutObject --resource examplebucket/exampleobject
  openoss admin explain --as alice --action kms:Decrypt --resource alias/photos`,
    async run({ flags, server, out, input }) {
      const { as, action = [], resource, context = [] } = flags;
      if (as === undefined) throw new UsageError('explain needs --as');
      if (action.length === 0) throw new UsageError('explain needs --action');
      if (resource === undefined) throw new UsageError('explain needs --resource');
      const sessionPolicy = flags['session-policy'];
      const explained = await server.call<ExplainedAccess>('openoss', 'ExplainAccess', {
        Principal: as,
        Actions: action.join(','),
        Resource: resource,
        Context: contextOf(context),
        SessionPolicy:
          sessionPolicy && (await readDocument('--session-policy', sessionPolicy, input)),
      });
      out.result(explained, () => explanationText(explained));
      return explained.Allowed ? 0 : ADMIN_STATUS.denied;
    },
  }),
];
