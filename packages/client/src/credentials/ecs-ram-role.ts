import { CredentialsError } from '../errors/credentials-error.js';
import {
  type ExchangeAnswer,
  type ExchangeLimits,
  type ExchangeOptions,
  exchange,
  isPassing,
  placeOf,
  withExchangeRetries,
} from './credentials-exchange.js';
import {
  type CredentialsSource,
  jsonObject,
  readCredentials,
  type TemporaryCredentials,
} from './temporary-credentials.js';

/** Whose credentials, and how the metadata service is asked for them. */
export interface EcsRamRoleOptions extends ExchangeOptions {
  /** The role's name; undefined is whichever the instance has. */
  readonly roleName?: string | undefined;
  /** Never ask without a token of the metadata service (its hardened mode only). */
  readonly hardened?: boolean | undefined;
  /** Where the metadata service is, when it is not where every instance has it. */
  readonly metadata?: URL | undefined;
}

/** It is one hop away, or it is not there. */
const LIMITS: ExchangeLimits = { connectMs: 2000, readWriteMs: 2000, totalMs: 5000 };

const METADATA = 'http://100.100.100.200';
const TOKEN_PATH = '/latest/api/token';
const ROLE_PATH = '/latest/meta-data/ram/security-credentials/';
const TOKEN_LIFETIME_SECONDS = 21_600;

/**
 * Credentials of the RAM role of the ECS instance that this runs on, from the instance's metadata:
 * with a token in hardened mode (a PUT for the token, then GETs with it), and without one where there
 * is none to be had or it is not taken, unless told `hardened`.
 * https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
 */
export function ecsRamRole(options: EcsRamRoleOptions): CredentialsSource {
  const base = options.metadata ?? new URL(METADATA);
  return () => withExchangeRetries(() => new Metadata(base, options).credentials(), options);
}

/** One round of questions to the metadata service. */
class Metadata {
  readonly #base: URL;
  readonly #options: EcsRamRoleOptions;

  constructor(base: URL, options: EcsRamRoleOptions) {
    this.#base = base;
    this.#options = options;
  }

  async credentials(): Promise<TemporaryCredentials> {
    const token = await this.#token();
    const roleName = this.#options.roleName ?? (await this.#roleName(token));
    const url = new URL(`${ROLE_PATH}${encodeURIComponent(roleName)}`, this.#base);
    const { status, text } = await this.#get(url, token);
    if (status === 404) {
      throw new CredentialsError(`this instance has no RAM role ${JSON.stringify(roleName)}`);
    }
    refuseFailure(url, status);
    const where = `the answer of ${placeOf(url)}`;
    const document = jsonObject(text, where);
    if (document.Code !== 'Success') throw new CredentialsError(`Code is not Success in ${where}`);
    return readCredentials(document, where, { needsToken: true });
  }

  /** A token of the metadata service; undefined where it gives none and none is needed. */
  async #token(): Promise<string | undefined> {
    const url = new URL(TOKEN_PATH, this.#base);
    const headers = {
      'X-aliyun-ecs-metadata-token-ttl-seconds': String(TOKEN_LIFETIME_SECONDS),
      'Content-Length': '0',
    };
    try {
      const { status, text } = await exchange(
        { method: 'PUT', url, headers },
        LIMITS,
        this.#options,
      );
      refuseFailure(url, status);
      const token = text.trim();
      if (!/^[\x21-\x7e]+$/.test(token)) {
        throw new CredentialsError(`there is no token in the answer of ${placeOf(url)}`);
      }
      return token;
    } catch (error) {
      if (this.#options.hardened === true || this.#options.signal.aborted) throw error;
      return undefined;
    }
  }

  async #roleName(token: string | undefined): Promise<string> {
    const url = new URL(ROLE_PATH, this.#base);
    const { status, text } = await this.#get(url, token);
    if (status === 404) throw new CredentialsError('this instance has no RAM role');
    refuseFailure(url, status);
    const [first = ''] = text.trim().split('\n');
    if (!/^[\w.-]{1,64}$/.test(first.trim())) {
      throw new CredentialsError(`there is no name of a role in the answer of ${placeOf(url)}`);
    }
    return first.trim();
  }

  async #get(url: URL, token: string | undefined): Promise<ExchangeAnswer> {
    if (token === undefined) return await this.#ask(url, {});
    const answer = await this.#ask(url, { 'X-aliyun-ecs-metadata-token': token });
    const refused = answer.status !== 200 && answer.status !== 404;
    return refused && this.#options.hardened !== true ? await this.#ask(url, {}) : answer;
  }

  #ask(url: URL, headers: Readonly<Record<string, string>>): Promise<ExchangeAnswer> {
    return exchange({ method: 'GET', url, headers }, LIMITS, this.#options);
  }
}

function refuseFailure(url: URL, status: number): void {
  if (status === 200) return;
  throw new CredentialsError(`${placeOf(url)} answered ${status}`, {
    retryable: isPassing(status),
  });
}
