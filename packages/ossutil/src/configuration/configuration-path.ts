import { isAbsolute, join, resolve } from 'node:path';

/** The directories that relative and `~` paths are taken from. */
export interface PathContext {
  /** Absolute. */
  readonly workingDirectory: string;
  readonly homeDirectory: string | undefined;
}

/** `path` made absolute: `~` and `~/…` mean the home directory, the rest the working directory. */
export function absolutePath(path: string, context: PathContext): string {
  const { homeDirectory, workingDirectory } = context;
  if (homeDirectory !== undefined && /^~(?:[/\\]|$)/.test(path)) {
    return join(homeDirectory, path.slice(1));
  }
  return isAbsolute(path) ? path : resolve(workingDirectory, path);
}

/** Where the configuration file is, and whether somebody said so. */
export interface ConfigurationPath {
  readonly path: string;
  /** Named by the flag or the variable: then it has to exist. */
  readonly explicit: boolean;
}

/**
 * The configuration file to use: `--config-file`, else `OSSUTIL_CONFIG_FILE`, else
 * `~/.ossutilconfig`; undefined when there is no home directory to look in.
 */
export function configurationPath(
  flag: string | undefined,
  variable: string | undefined,
  context: PathContext,
): ConfigurationPath | undefined {
  const given = [flag, variable].find((path) => path !== undefined && path !== '');
  if (given !== undefined) return { path: absolutePath(given, context), explicit: true };
  if (context.homeDirectory === undefined) return undefined;
  return { path: join(context.homeDirectory, '.ossutilconfig'), explicit: false };
}
