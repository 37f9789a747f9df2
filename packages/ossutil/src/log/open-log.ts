import { appendFileSync } from 'node:fs';
import { absolutePath } from '../configuration/configuration-path.js';
import type { Credentials } from '../configuration/credentials.js';
import type { Settings } from '../configuration/settings.js';
import { ClientError } from '../errors/client-error.js';
import type { ProgramEdge } from '../program/program-edge.js';
import { createLogger, type Logger } from './logger.js';

/** The secrets among credentials; those that are yet to be got come to them when they are there. */
export function secretsOf(credentials: Credentials): string[] {
  switch (credentials.mode) {
    case 'AK':
      return [credentials.accessKeySecret];
    case 'StsToken':
      return [credentials.accessKeySecret, credentials.securityToken];
    case 'RamRoleArn':
      return secretsOf(credentials.signer);
    default:
      return [];
  }
}

/**
 * The logger of one call: to standard output for `--log-file -`, else appended to the file, which is
 * `ossutil.log` in the working directory unless one is named (ossutil 1's place; 2's documentation
 * does not say). Nothing is created while the level is `off`. A new file is for its owner only: URLs
 * and object keys stand in it.
 *
 * @param secrets what no line may hold; what is added to them later counts from then on
 * @throws ClientError from the logger's first line when the file cannot be written
 */
export function openLog(
  settings: Pick<Settings, 'logFile' | 'logLevel'>,
  edge: Pick<ProgramEdge, 'clock' | 'homeDirectory' | 'stdout' | 'workingDirectory'>,
  secrets: readonly string[],
): Logger {
  const { logFile, logLevel: level } = settings;
  const path = absolutePath(logFile, edge);
  const append = (line: string) => {
    try {
      // Synchronous: the lines before a crash are the ones that are wanted.
      appendFileSync(path, line, { mode: 0o600 });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ClientError(`the log file ${path} cannot be written: ${reason}`, { cause: error });
    }
  };
  const print = (line: string) => void edge.stdout.write(line).catch(() => {});
  return createLogger({
    level,
    write: logFile === '-' ? print : append,
    now: () => edge.clock.now(),
    secrets,
  });
}
