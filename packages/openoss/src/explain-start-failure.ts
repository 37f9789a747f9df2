import {
  AuditLogError,
  DataDirectoryInUse,
  DataDirectoryRefused,
  DirectoryKeyError,
  HoldError,
  KmsSetupError,
  RootCredentialsError,
} from '@openoss/server';

/** What kept a service from starting, or a command from its work, said to the one who wants it. */
export function explainStartFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AuditLogError) return `--audit-log: ${error.message}`;
  if (
    error instanceof DataDirectoryInUse ||
    error instanceof DataDirectoryRefused ||
    error instanceof DirectoryKeyError ||
    error instanceof HoldError ||
    error instanceof KmsSetupError ||
    error instanceof RootCredentialsError
  )
    return error.message;
  const { code, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  switch (code) {
    case 'EADDRINUSE':
      return `${address}:${port} is in use by another program. Choose another address with --listen, --admin-listen or --rpc-listen.`;
    case 'EADDRNOTAVAIL':
      return `${address}:${port} is no address of this machine.`;
    case 'EACCES':
      return address === undefined
        ? `no permission: ${error.message}`
        : `no permission to listen on ${address}:${port}. Ports below 1024 need privileges.`;
    default:
      return error.message;
  }
}
