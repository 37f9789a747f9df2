import type { SessionIdentity } from './identity.js';
import type { AccessKey, KeyOrigin } from './key-ring.js';
import { randomText } from './random-text.js';
import { Sealer, Unsealable } from './sealer.js';

/** A temporary access key and the token that goes with it. */
export interface SessionKey {
  readonly key: AccessKey & { readonly principal: SessionIdentity; readonly origin: KeyOrigin };
  readonly token: string;
}

/** What a token holds, under names that keep it short: it goes along with every request. */
interface TokenContent {
  /** The temporary access key's id and secret. */
  readonly i: string;
  readonly s: string;
  /** Account, role id, role name, session name. */
  readonly a: string;
  readonly r: string;
  readonly n: string;
  readonly m: string;
  /** The session's policy. */
  readonly p?: string | undefined;
  /** When it ends. */
  readonly e: number;
  /** The lasting access key, and the roles assumed before this one: account and id. */
  readonly k: string;
  readonly c?: readonly (readonly [string, string])[] | undefined;
}

const FORMAT = 1;
const HEAD_BYTES = 5;
const DAY = 24 * 60 * 60 * 1000;
const CONTEXT = 'session token';
const REMEMBERED_DAYS = 4;
/** A token has at most some 4 KiB. */
const REMEMBERED_TOKENS = 2000;

/**
 * Makes and opens session tokens. A token holds its session, sealed (docs/decisions/0006): a format byte,
 * the day it was made, 4 bytes, and the sealed content, in base64url. Each day has a key of its own,
 * so that none seals as often as random nonces would allow to repeat.
 */
export class SessionTokens {
  readonly #directoryKey: Buffer;
  readonly #sealers = new Map<number, Sealer>();
  readonly #opened = new Map<string, SessionKey['key']>();

  constructor(directoryKey: Buffer) {
    this.#directoryKey = directoryKey;
  }

  make(principal: SessionIdentity, origin: KeyOrigin, now: number): SessionKey {
    const key = {
      id: `STS.N${randomText(24)}`,
      secret: randomText(44),
      principal,
      origin,
    };
    const content: TokenContent = {
      i: key.id,
      s: key.secret,
      a: principal.account,
      r: principal.roleId,
      n: principal.role,
      m: principal.session,
      p: principal.sessionPolicy,
      e: principal.expires,
      k: origin.accessKey,
      c:
        origin.roles.length > 1
          ? origin.roles.slice(0, -1).map(({ account, roleId }) => [account, roleId] as const)
          : undefined,
    };
    const day = Math.floor(now / DAY);
    const head = Buffer.alloc(HEAD_BYTES);
    head[0] = FORMAT;
    head.writeUInt32BE(day, 1);
    const sealed = this.#sealerOf(day).seal(JSON.stringify(content), CONTEXT);
    return { key, token: Buffer.concat([head, sealed]).toString('base64url') };
  }

  /** The session's key that a token holds, ended or not; undefined when the token is none of ours. */
  open(token: string): SessionKey['key'] | undefined {
    const known = this.#opened.get(token);
    if (known !== undefined) return known;
    const key = this.#unsealed(token);
    if (key !== undefined) {
      if (this.#opened.size >= REMEMBERED_TOKENS) this.#opened.clear();
      this.#opened.set(token, key);
    }
    return key;
  }

  #unsealed(token: string): SessionKey['key'] | undefined {
    const bytes = Buffer.from(token, 'base64url');
    // Node passes over what is not base64url: one token must not have several forms.
    if (bytes.length < HEAD_BYTES || bytes[0] !== FORMAT || bytes.toString('base64url') !== token) {
      return undefined;
    }
    let plain: Buffer;
    try {
      plain = this.#sealerOf(bytes.readUInt32BE(1)).open(bytes.subarray(HEAD_BYTES), CONTEXT);
    } catch (error) {
      if (error instanceof Unsealable) return undefined;
      throw error;
    }
    const content = JSON.parse(plain.toString()) as TokenContent;
    const { a: account, r: roleId } = content;
    const before = (content.c ?? []).map(([by, id]) => ({ account: by, roleId: id }));
    return {
      id: content.i,
      secret: content.s,
      principal: {
        kind: 'session',
        account,
        roleId,
        role: content.n,
        session: content.m,
        sessionPolicy: content.p,
        expires: content.e,
      },
      origin: { accessKey: content.k, roles: [...before, { account, roleId }] },
    };
  }

  #sealerOf(day: number): Sealer {
    const known = this.#sealers.get(day);
    if (known !== undefined) return known;
    if (this.#sealers.size >= REMEMBERED_DAYS) this.#sealers.clear();
    const sealer = new Sealer(this.#directoryKey, `session tokens of day ${day}`);
    this.#sealers.set(day, sealer);
    return sealer;
  }
}
