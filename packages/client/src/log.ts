/** How much a log line matters. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** Takes the client's log lines. No line holds a secret, a signature or a security token. */
export type Log = (level: LogLevel, message: string) => void;
