import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UsageError } from './command-line.js';

/** A certificate chain and its private key, in PEM. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * Reads the files of `--tls-cert` and `--tls-key`; undefined where neither is given. Whatever keeps
 * the two from serving HTTPS together is a usage error that names the flag and the file.
 */
export async function readTlsFiles(
  certFile: string | undefined,
  keyFile: string | undefined,
): Promise<TlsFiles | undefined> {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined)
    throw new UsageError('--tls-cert and --tls-key go together');
  const cert = await readFileOf('--tls-cert', certFile);
  const key = await readFileOf('--tls-key', keyFile);
  const certificate = parsed(
    () => new X509Certificate(cert),
    `--tls-cert: ${certFile} has no certificate in PEM`,
  );
  const privateKey: KeyObject = parsed(
    () => createPrivateKey(key),
    `--tls-key: ${keyFile} has no private key in PEM that can be read without a passphrase`,
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new UsageError(`--tls-key: ${keyFile} is not the key of the certificate in ${certFile}`);
  }
  return { cert, key };
}

async function readFileOf(flag: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError(`${flag}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parsed<T>(parse: () => T, fault: string): T {
  try {
    return parse();
  } catch {
    throw new UsageError(fault);
  }
}
