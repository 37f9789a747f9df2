import type { LogLevel } from '../configuration/settings.js';
import { redact } from './redact.js';

/** Writes what the program does, for those who look for the cause of something. */
export interface Logger {
  info(message: string): void;
  debug(message: string): void;
}

/** What a logger writes to and with. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** Takes one line with its line break. */
  readonly write: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** AccessKey secrets and tokens, which no line may hold. */
  readonly secrets: readonly string[];
}

const ranks: Readonly<Record<LogLevel, number>> = { off: 0, info: 1, debug: 2 };

/**
 * A logger of lines `2026-05-08T06:25:08.123Z INFO  text`. Every line passes `redact`, so that no
 * caller can forget to; a message of several lines stays one line.
 */
export function createLogger({ level, write, now, secrets }: LoggerOptions): Logger {
  const logAt = (at: Exclude<LogLevel, 'off'>) => {
    if (ranks[level] < ranks[at]) return () => {};
    const tag = at.toUpperCase().padEnd(5);
    return (message: string) => {
      const text = redact(message, secrets).replace(/\r?\n/g, '\\n');
      write(`${new Date(now()).toISOString()} ${tag} ${text}\n`);
    };
  };
  return { info: logAt('info'), debug: logAt('debug') };
}
