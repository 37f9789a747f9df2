import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CredentialsError } from '../errors/credentials-error.js';
import type { ExchangeOptions } from './credentials-exchange.js';
import { type AssumedRole, callSts, STS_VERSION } from './sts-call.js';
import type { CredentialsSource } from './temporary-credentials.js';

/** Which role is assumed, with whose word and where. */
export interface AssumeRoleWithOidcOptions extends ExchangeOptions, AssumedRole {
  /** The address of STS: `https://sts.aliyuncs.com`. */
  readonly endpoint: URL;
  /** `acs:ram::<account>:oidc-provider/<name>`. */
  readonly providerArn: string;
  /** The file with the token; it is read anew each time, for its keeper replaces it. */
  readonly tokenFile: string;
}

/** What STS takes (`OIDCToken`), in characters. */
const TOKEN_CHARACTERS = { least: 4, most: 20_000 };

/**
 * Credentials of a session of a RAM role, from STS, on the word of an OIDC provider: AssumeRoleWithOIDC,
 * which nobody signs.
 * https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerolewithoidc
 */
export function assumeRoleWithOidc(options: AssumeRoleWithOidcOptions): CredentialsSource {
  return () =>
    callSts(async () => {
      const token = await readToken(options.tokenFile);
      return { request: callWith(token, options), secrets: [token] };
    }, options);
}

function callWith(token: string, options: AssumeRoleWithOidcOptions) {
  const { clock, policy } = options;
  const url = new URL(options.endpoint);
  url.search = new URLSearchParams({
    Action: 'AssumeRoleWithOIDC',
    Format: 'JSON',
    SignatureNonce: randomUUID(),
    Timestamp: `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
    Version: STS_VERSION,
  }).toString();
  const form = new URLSearchParams({
    DurationSeconds: String(options.durationSeconds),
    OIDCProviderArn: options.providerArn,
    OIDCToken: token,
    ...(policy === undefined ? {} : { Policy: policy }),
    RoleArn: options.roleArn,
    RoleSessionName: options.roleSessionName,
  });
  return {
    method: 'POST' as const,
    url,
    headers: {
      Accept: 'application/json',
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body: form.toString(),
  };
}

async function readToken(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
    throw new CredentialsError(`the OIDC token file ${file} cannot be read: ${reason}`, {
      cause: error,
    });
  }
  const token = text.trim();
  if (token.length < TOKEN_CHARACTERS.least || token.length > TOKEN_CHARACTERS.most) {
    throw new CredentialsError(
      `the OIDC token file ${file} has ${token.length} characters; a token has ${TOKEN_CHARACTERS.least} to ${TOKEN_CHARACTERS.most}`,
    );
  }
  return token;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
};
