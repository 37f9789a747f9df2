import type { Log } from '@openoss/storage';
import { KmsError } from '../kms-error.js';
import {
  type AlicloudClient,
  type AlicloudSettings,
  openAlicloudClient,
} from './alicloud-client.js';
import { CallFailure, failureOf } from './call-failure.js';

export interface CallerSettings extends AlicloudSettings {
  /** Milliseconds that all attempts of a call may take together. */
  readonly timeout: number;
  readonly attempts: number;
  readonly log?: Pick<Log, 'warn'> | undefined;
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** 0 to 1. */
  readonly random: () => number;
}

/** What is sent: text, or nothing. */
export type CallParameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** An answer as it came, parsed. */
export type CallAnswer = Readonly<Record<string, unknown>>;

/** Milliseconds that a second attempt waits at most; a third twice as long. */
const FIRST_WAIT = 100;

/** Calls another KMS, again where that may help and does no harm. */
export class KmsCaller {
  readonly #settings: CallerSettings;
  #client: AlicloudClient | undefined;

  constructor(settings: CallerSettings) {
    this.#settings = settings;
  }

  /**
   * The answer to a call; rejects with KmsError. `isRepeatable` says that a call that may have been served already
   * may be sent again; others are only where the KMS said that it has not served them.
   */
  async call(
    action: string,
    parameters: CallParameters,
    { isRepeatable }: { readonly isRepeatable: boolean },
  ): Promise<CallAnswer> {
    const { timeout, attempts, sleep, random } = this.#settings;
    const end = Date.now() + timeout;
    for (let attempt = 1; ; attempt++) {
      const failure = await this.#attempt(action, parameters, end - Date.now());
      if (!(failure instanceof CallFailure)) return failure;
      const mayRetry = failure.wasRefused || isRepeatable;
      const wait = random() * FIRST_WAIT * 2 ** (attempt - 1);
      const isLast = attempt >= attempts || Date.now() + wait >= end;
      if (!failure.isTemporary || !mayRetry || isLast) {
        this.#report(action, attempt, failure);
        throw failure.error;
      }
      await sleep(wait);
    }
  }

  async #attempt(
    action: string,
    parameters: CallParameters,
    timeout: number,
  ): Promise<CallAnswer | CallFailure> {
    this.#client ??= openAlicloudClient(this.#settings);
    let timer: NodeJS.Timeout | undefined;
    // What the package counts is the silence; an answer that trickles in would take for ever.
    const tooLong = new Promise<CallFailure>((resolve) => {
      const failure = new CallFailure(KmsError.of('Unavailable'), 'no answer in time', {
        isTemporary: true,
      });
      timer = setTimeout(resolve, timeout, failure);
    });
    try {
      return await Promise.race([this.#client.call(action, parameters).catch(failureOf), tooLong]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What the one who runs the server has to know; a refusal is for who asked, unless it is the server's. */
  #report(action: string, attempt: number, { error, what }: CallFailure): void {
    const { reason, status } = error;
    const isOfServer = reason === 'NoPermission' || reason === 'NotEnabled';
    if (status < 500 && !isOfServer) return;
    const { endpoint, log } = this.#settings;
    log?.warn(
      { endpoint, action, attempt, failure: what },
      isOfServer
        ? 'the KMS refuses this server, whose access key may lack permission'
        : 'the KMS could not be asked',
    );
  }
}
