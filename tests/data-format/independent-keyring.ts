/**
 * Opens ciphertexts of a keyring as docs/encryption.md describes them, and from nothing else: no code of the
 * packages is used, only LMDB.
 */
import { createDecipheriv, createHmac, scryptSync } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { crc32 } from 'node:zlib';

/** As much of the npm package `lmdb`, which the storage package depends on, as is used here. */
interface Lmdb {
  open(options: object): {
    getRange(options: object): Iterable<{ readonly key: Buffer; readonly value: Buffer }>;
    close(): Promise<void>;
  };
}

const storage = path.join(import.meta.dirname, '..', '..', 'packages', 'storage', 'package.json');
const { open }: Lmdb = createRequire(storage)('lmdb');

/** What a data directory's keyring holds, opened with a root key of 32 bytes or a passphrase. */
export interface ReadKeyring {
  /** The fields of entries, by their names without `k`. */
  readonly entries: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Names of entries that the page does not explain. */
  readonly unexplained: readonly string[];
  /** The plaintext of a blob; throws where anything is not as it must be. */
  openBlob(blob: string, context: Readonly<Record<string, string>>): Buffer;
}

export async function readKeyring(
  directory: string,
  secret: { readonly rootKey: Buffer } | { readonly passphrase: string },
): Promise<ReadKeyring> {
  const entries = new Map<string, Readonly<Record<string, unknown>>>();
  const unexplained: string[] = [];
  const db = open({
    path: path.join(directory, 'metadata.mdb'),
    noSubdir: true,
    readOnly: true,
    keyEncoding: 'binary',
    encoding: 'binary',
  });
  for (const { key: whole, value } of db.getRange({})) {
    const length = whole[0] ?? 0;
    if (whole.toString('utf8', 1, 1 + length) !== 'room:kms') continue;
    const key = Buffer.from(whole.subarray(1 + length));
    const name = key.toString('utf8');
    if (name === 'c' || name === 'x') continue;
    const content = Buffer.from(value.subarray(0, -4));
    assert(value.readUInt32BE(value.length - 4) === crc32(content, crc32(key)), name);
    if (name === 'kgeneration') assert(content.length === 8, name);
    else if (/^k(?:root$|key\/|version\/|alias\/)/.test(name)) {
      assert(content[0] === 1, `format of ${name}`);
      entries.set(name.slice(1), JSON.parse(content.toString('utf8', 1)));
    } else unexplained.push(name);
  }
  await db.close();

  const root = entries.get('root') as {
    readonly check: string;
    readonly scrypt?: {
      readonly salt: string;
      readonly N: number;
      readonly r: number;
      readonly p: number;
    };
  };
  const rootKey = 'rootKey' in secret ? secret.rootKey : scrypted(secret.passphrase, root.scrypt);
  const sealing = hkdf(rootKey, Buffer.alloc(32), 'openoss kms master keys');
  const unsealed = (sealed: string, context: string): Buffer => {
    const bytes = Buffer.from(sealed, 'base64');
    assert(bytes[0] === 1, 'format of what is sealed');
    return opened(sealing, bytes.subarray(1, 13), bytes.subarray(13), Buffer.from(context));
  };
  assert(unsealed(root.check, 'root key check').toString() === 'openoss kms', 'root key');

  return {
    entries,
    unexplained,
    openBlob(blob, context) {
      const bytes = Buffer.from(blob, 'base64');
      assert(bytes[0] === 1, 'format of the blob');
      const [key, version] = [uuid(bytes.subarray(1, 17)), uuid(bytes.subarray(17, 33))];
      const name = [...entries.keys()].find((one) => one.endsWith(`/${key}/${version}`)) ?? '';
      const [kind, account, region] = name.split('/');
      assert(kind === 'version', `version ${version}`);
      const { key: sealed } = entries.get(name) as { readonly key: string };
      const masterKey = unsealed(sealed, `master key ${account} ${region} ${key} ${version}`);
      const pairs = Object.entries(context).map(
        ([one, value]) => [Buffer.from(one), Buffer.from(value)] as const,
      );
      pairs.sort(([one], [other]) => Buffer.compare(one, other));
      const additional = pairs.flat().flatMap((text) => [fourBytes(text.length), text]);
      return opened(
        hkdf(masterKey, bytes.subarray(33, 49), 'openoss kms data'),
        bytes.subarray(49, 61),
        bytes.subarray(61),
        Buffer.concat([bytes.subarray(0, 61), ...additional]),
      );
    },
  };
}

function scrypted(
  passphrase: string,
  told:
    | { readonly salt: string; readonly N: number; readonly r: number; readonly p: number }
    | undefined,
): Buffer {
  if (told === undefined) throw new Error('the root key is not made of a passphrase');
  const { salt, N, r, p } = told;
  return scryptSync(passphrase, Buffer.from(salt, 'base64'), 32, { N, r, p, maxmem: 256 * N * r });
}

/** RFC 5869, of one block: without salt it is zeros. */
function hkdf(key: Buffer, salt: Buffer, info: string): Buffer {
  const extracted = createHmac('sha256', salt).update(key).digest();
  return createHmac('sha256', extracted).update(info).update(Buffer.of(1)).digest();
}

function opened(key: Buffer, nonce: Buffer, sealed: Buffer, additional: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce);
  decipher.setAAD(additional);
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
}

function fourBytes(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

const uuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

function assert(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not as the page says: ${what}`);
}
