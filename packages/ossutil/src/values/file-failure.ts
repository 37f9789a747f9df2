import { ClientError } from '../errors/client-error.js';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this account may not read it',
  EISDIR: 'it is a directory',
  ELOOP: 'too many symbolic links lead to it',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is not a directory',
  EPERM: 'this account may not read it',
};

/** Why the file of an option cannot be used, from the system's error; exit status 3. */
export function fileFailure(flag: string, path: string, error: unknown): ClientError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return new ClientError(`--${flag}: the file "${path}" cannot be read: ${reason}`, {
    cause: error,
  });
}
