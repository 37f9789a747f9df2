/** What is known of the request behind an error. */
export interface FailedRequest {
  /** The operation's name, `PutObject`. */
  readonly operation: string;
  readonly method: string;
  /** The whole URL, query included; undefined where none could be made. */
  readonly url: string | undefined;
  /** How many times the request was tried; 0 where nothing was sent. */
  readonly attempts: number;
  /** The `Date` of the answer, where there was one with a readable date. */
  readonly serverDate: Date | undefined;
}
