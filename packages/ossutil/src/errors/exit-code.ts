/**
 * The exit statuses of ossutil 2, as its documentation lists them. Scripts branch on them, so each
 * error class of this package owns exactly one.
 */
export const exitCodes = {
  success: 0,
  /** The command line is wrong: an unknown or missing subcommand, option or value. */
  usage: 1,
  /** The request was sent and the service answered with an error. */
  service: 2,
  /** It failed on this side: network, credentials, configuration, local files. */
  client: 3,
  /** A batch finished and some of its items failed. */
  partialFailure: 4,
  /** Stopped by Ctrl-C. */
  interrupted: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
