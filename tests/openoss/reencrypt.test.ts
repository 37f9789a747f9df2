/** `openoss admin reencrypt`, with clients at work, and with a server that is killed in the middle. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { flipBit } from '../support/damage.js';
import { type Reachable, sendSigned, type WireAnswer } from '../support/http.js';
import { kms, officialKms } from '../support/official-kms.js';
import { blobFiles, freshDirectories, openoss, stop } from '../support/operator.js';
import { cleanEnvironment, outcomeOf, programs, run, start } from '../support/programs.js';
import { serve } from '../support/serve.js';

const freshDirectory = await freshDirectories();
const bucket = 'examplebucket';
const METHOD = 'x-oss-server-side-encryption';
const DATA = 'x-oss-server-side-data-encryption';
const KEY = 'x-oss-server-side-encryption-key-id';
const PATTERN = 'plain text that is not to be found; ';
const keys = {
  OPENOSS_KMS_ROOT_KEY: Buffer.alloc(32, 3).toString('base64'),
  OPENOSS_ROOT_ACCESS_KEY_ID: 'rootkeyid',
  OPENOSS_ROOT_ACCESS_KEY_SECRET: 'rootkeysecret',
};

interface Summary {
  readonly Type: string;
  readonly Complete: boolean;
  readonly Objects: number;
  readonly Rewrapped: number;
  readonly Rewritten: number;
  readonly Already: number;
  readonly Overtaken: number;
  readonly Failed: number;
}

async function serveKeys(data: string, ...flags: string[]) {
  const server = await serve(data, ['--rpc-listen', '127.0.0.1:0', ...flags], keys);
  const [, rpc = ''] = /KMS is at (\S+)/.exec(server.announced) ?? [];
  const client = officialKms(rpc, server.credentials);
  const command = (args: readonly string[]) => ({
    command: [process.execPath, programs.openoss, 'admin', 'reencrypt', bucket, ...args],
    env: cleanEnvironment({ ...keys, OPENOSS_RPC_ENDPOINT: rpc }),
  });
  return {
    ...server,
    newKey: async () => (await client.createKey(new kms.CreateKeyRequest({}))).keyMetadata.keyId,
    rotate: (keyId: string) => client.createKeyVersion(new kms.CreateKeyVersionRequest({ keyId })),
    rpc,
    start: (...args: string[]) => start(command(args).command, { env: command(args).env }),
    /** What the command says at the end. */
    async reencrypt(...args: string[]): Promise<Summary & { readonly status: number | null }> {
      const { command: words, env } = command([...args, '--json']);
      const { status, stdout, stderr } = await run(words, { env });
      const last = stdout.trimEnd().split('\n').at(-1) ?? '';
      if (!last.includes('summary')) throw new Error(`${status}: ${stderr}${stdout}`);
      return { status, ...JSON.parse(last) };
    },
    async text(...args: string[]) {
      const { command: words, env } = command(args);
      return run(words, { env });
    },
  };
}

const put = async (
  oss: Reachable,
  key: string,
  body: Buffer,
  headers: Record<string, string> = {},
): Promise<void> => {
  const { status, text } = await sendSigned(oss, { method: 'PUT', bucket, key, body, headers });
  expect(status, text).toBe(200);
};
const get = (oss: Reachable, key: string) => sendSigned(oss, { bucket, key });
const head = (oss: Reachable, key: string) => sendSigned(oss, { method: 'HEAD', bucket, key });

const makeBucket = (oss: Reachable) => sendSigned(oss, { method: 'PUT', bucket });

/** A body that has the pattern everywhere, and differs from others. */
const bodyOf = (key: string, size: number): Buffer => {
  const own = createHash('sha256').update(key).digest('hex');
  return Buffer.alloc(size, `${own} ${PATTERN}`);
};

/** What is told of an object but how it is encrypted, and when it was asked. */
function toldOf({ status, headers }: WireAnswer) {
  const { date, connection, 'keep-alive': _, ...told } = headers;
  const own = Object.entries(told).filter(
    ([name]) => !/^x-oss-(request-id|server-time|server-side-)/.test(name),
  );
  return { status, ...Object.fromEntries(own) };
}

/** The sizes that matter: none, inline, inline and more than a page, a blob, several slabs. */
const SIZES = [0, 100, 60_000, 65_537, 300_000, 2_500_000];
const COPIES = 3;

describe('openoss admin reencrypt', () => {
  it('takes plain objects to AES256, to one key and another of KMS, and to SM4, while clients go on', async () => {
    const data = freshDirectory();
    const oss = await serveKeys(data);
    await makeBucket(oss);
    const objects = new Map<string, Buffer>();
    for (const size of SIZES) {
      for (let copy = 0; copy < COPIES; copy++) {
        const key = `${copy} of ${size}/ä b`;
        const body = bodyOf(key, size);
        await put(oss, key, body, {
          'x-oss-meta-author': 'me',
          'x-oss-tagging': 'a=b',
          'x-oss-object-acl': 'public-read',
          'x-oss-storage-class': 'IA',
          'Cache-Control': 'no-cache',
        });
        objects.set(key, body);
      }
    }
    const told = new Map<string, object>();
    for (const key of objects.keys()) told.set(key, toldOf(await head(oss, key)));

    // Clients that put and delete all the while; each key is one client's.
    const acknowledged = new Map<string, Buffer | undefined>();
    let isOver = false;
    const client = async (key: string, size: number) => {
      for (let count = 0; !isOver; count++) {
        const body = bodyOf(`${key} ${count}`, size);
        await put(oss, key, body);
        acknowledged.set(key, body);
        if (count % 3 === 2) {
          await sendSigned(oss, { method: 'DELETE', bucket, key });
          acknowledged.set(key, undefined);
        }
      }
    };
    const clients = [client('1 busy', 500), client('2 busy', 100_000), client('9 busy', 5000)];

    const [keyA, keyB] = [await oss.newKey(), await oss.newKey()];
    const amount = objects.size;
    const stages: [string[], Record<string, string>, Partial<Summary>][] = [
      [['--to', 'AES256'], { [METHOD]: 'AES256' }, { Rewritten: amount }],
      [
        ['--to', 'KMS', '--key-id', keyA, '--concurrency', '4'],
        { [METHOD]: 'KMS', [KEY]: keyA },
        { Rewrapped: amount },
      ],
      [
        ['--to', 'KMS', '--key-id', keyB, '--concurrency', '1'],
        { [METHOD]: 'KMS', [KEY]: keyB },
        { Rewrapped: amount },
      ],
      [['--to', 'SM4'], { [METHOD]: 'SM4' }, { Rewritten: amount }],
    ];
    for (const [args, encryption, counts] of stages) {
      const summary = await oss.reencrypt(...args);
      expect(summary).toMatchObject({ status: 0, Complete: true, Failed: 0 });
      for (const [name, count] of Object.entries(counts)) {
        const found = summary[name as keyof Summary];
        // Of the busy ones some may be among them.
        expect([count, Number(count) + 1, Number(count) + 2, Number(count) + 3]).toContain(found);
      }
      for (const [key, body] of objects) {
        const answer = await get(oss, key);
        expect(answer.body.equals(body), key).toBe(true);
        expect(answer.headers).toMatchObject(encryption);
        expect(toldOf(await head(oss, key))).toEqual(told.get(key));
      }
    }
    isOver = true;
    await Promise.all(clients);
    for (const [key, body] of acknowledged) {
      const answer = await get(oss, key);
      expect(answer.status, key).toBe(body === undefined ? 404 : 200);
      if (body !== undefined) expect(answer.body.equals(body), key).toBe(true);
    }
    // What nobody has put meanwhile needs nothing the second time.
    expect(await oss.reencrypt('--to', 'SM4')).toMatchObject({ status: 0, Failed: 0 });
    const again = await oss.reencrypt('--to', 'SM4');
    expect(again).toMatchObject({ status: 0, Rewrapped: 0, Rewritten: 0, Already: again.Objects });

    expect(await stop(oss)).toMatchObject({ status: 0 });
    for (const file of blobFiles(data)) {
      expect((await readFile(file)).includes(PATTERN), file).toBe(false);
    }
    const { status, stdout } = await openoss('fsck', '--data', data);
    expect(stdout).toContain('Clean');
    expect(status).toBe(0);
  });

  it('loses nothing when the server is killed in the middle, and goes on where it was', async () => {
    const data = freshDirectory();
    const before = await serveKeys(data);
    await makeBucket(before);
    const objects = new Map<string, Buffer>();
    for (let count = 0; count < 120; count++) {
      const key = `${String(count).padStart(3, '0')} it's`;
      objects.set(key, bodyOf(key, count % 3 === 0 ? 400_000 : 4000 * (count % 3)));
    }
    const encrypted = { [METHOD]: 'AES256' };
    await Promise.all([...objects].map(([key, body]) => put(before, key, body, encrypted)));

    const child = before.start('--to', 'SM4', '--concurrency', '1');
    const outcome = outcomeOf(child);
    const middle = [...objects.keys()][50] ?? '';
    while ((await head(before, middle)).headers[METHOD] === 'AES256');
    before.child.kill('SIGKILL');
    const { status, stderr } = await outcome;
    expect(stderr).toContain('went away');
    expect(stderr).toContain('Nothing is lost.');
    expect(status).toBe(2);

    const after = await serveKeys(data);
    const isSm4 = async (key: string) => (await head(after, key)).headers[METHOD] === 'SM4';
    const expectAll = async (method?: string) => {
      const answers = await Promise.all([...objects.keys()].map((key) => get(after, key)));
      for (const [at, [key, body]] of [...objects].entries()) {
        expect(answers[at]?.body.equals(body), key).toBe(true);
        if (method !== undefined) expect(answers[at]?.headers[METHOD]).toBe(method);
      }
    };
    await expectAll();
    const first = await isSm4("000 it's");
    const last = await isSm4([...objects.keys()].at(-1) ?? '');
    expect([first, last]).toEqual([true, false]);

    const again = await after.reencrypt('--to', 'SM4', '--after', '020 it');
    expect(again).toMatchObject({ status: 0, Complete: true, Objects: 100, Failed: 0 });
    expect(again.Already).toBeGreaterThan(0);
    expect(again.Already + again.Rewritten).toBe(100);
    const whole = await after.reencrypt('--to', 'SM4');
    expect(whole).toMatchObject({ status: 0, Objects: 120, Already: 120 });
    await expectAll('SM4');
    await stop(after);
    expect(await openoss('fsck', '--data', data)).toMatchObject({ status: 0 });
  });

  it('ends with its command, and can be begun again at once', async () => {
    const oss = await serveKeys(freshDirectory());
    await makeBucket(oss);
    const body = bodyOf('large', 12_000_000);
    for (const key of ['1', '2', '3', '4', '5']) await put(oss, key, body);
    const child = oss.start('--to', 'SM4', '--concurrency', '1');
    const outcome = outcomeOf(child);
    while ((await head(oss, '1')).headers[METHOD] === undefined);
    child.kill('SIGINT');
    const { status, stderr } = await outcome;
    expect(stderr).toContain('it was broken off\nNothing is lost.');
    expect(status).toBe(5);
    // The one that is just ending is waited for.
    const again = await oss.reencrypt('--to', 'SM4');
    expect(again).toMatchObject({ status: 0, Objects: 5, Failed: 0 });
    expect(again.Already).toBeGreaterThan(0);
    expect(again.Rewritten).toBeGreaterThan(0);
    for (const key of ['1', '5']) expect((await get(oss, key)).body.equals(body)).toBe(true);
  });

  it('follows the rule of the bucket, and a key to its newest version', async () => {
    const oss = await serveKeys(freshDirectory());
    await makeBucket(oss);
    await put(oss, 'a/1', Buffer.from('hi oss'));
    await put(oss, 'a/2', bodyOf('a/2', 100_000), { [METHOD]: 'AES256' });
    await put(oss, 'b', Buffer.from('hi oss'));
    const refused = await oss.text();
    expect(refused.stderr).toContain('the bucket has no rule of encryption');
    expect(refused.status).toBe(3);

    const keyId = await oss.newKey();
    const rule = `<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>KMS</SSEAlgorithm><KMSMasterKeyID>${keyId}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>`;
    const query = [['encryption', null]] as const;
    await sendSigned(oss, { method: 'PUT', bucket, query, body: rule });
    const first = await oss.reencrypt('--prefix', 'a/');
    expect(first).toMatchObject({ status: 0, Objects: 2, Rewritten: 1, Rewrapped: 1 });
    expect((await head(oss, 'a/2')).headers).toMatchObject({ [METHOD]: 'KMS', [KEY]: keyId });
    expect((await head(oss, 'b')).headers[METHOD]).toBeUndefined();

    expect(await oss.reencrypt()).toMatchObject({ Rewritten: 1, Already: 2 });
    await oss.rotate(keyId);
    expect(await oss.reencrypt()).toMatchObject({ Rewrapped: 3, Already: 0 });
    expect(await oss.reencrypt()).toMatchObject({ Rewrapped: 0, Already: 3 });

    // With another cipher, and not at all any more.
    const sm4 = ['--to', 'KMS', '--data-encryption', 'SM4'];
    expect(await oss.reencrypt(...sm4)).toMatchObject({ Rewritten: 3 });
    expect((await head(oss, 'b')).headers).toMatchObject({ [METHOD]: 'KMS', [DATA]: 'SM4' });
    expect(await oss.reencrypt('--to', 'SM4')).toMatchObject({ Rewrapped: 3 });
    expect(await oss.reencrypt('--to', 'none')).toMatchObject({ Rewritten: 3 });
    expect((await head(oss, 'b')).headers[METHOD]).toBeUndefined();
    expect((await get(oss, 'a/2')).body.equals(bodyOf('a/2', 100_000))).toBe(true);
  });

  it('tells of each object that failed, and does the others', async () => {
    const data = freshDirectory();
    const audit = path.join(freshDirectory('audit'));
    const oss = await serveKeys(data, '--audit-log', audit);
    await makeBucket(oss);
    await put(oss, 'damaged', bodyOf('damaged', 200_000));
    const [file = ''] = blobFiles(data);
    await flipBit(file, 70_000);
    await put(oss, 'sound', Buffer.from('hi oss'));
    const { status, stdout } = await oss.text('--to', 'AES256');
    expect(stdout).toMatch(/^FAILED {2}damaged: Damaged: /m);
    expect(stdout).toContain('1 with their bodies encrypted anew');
    expect(stdout).toContain('1 failed');
    expect(status).toBe(5);
    expect((await head(oss, 'sound')).headers[METHOD]).toBe('AES256');
    expect((await head(oss, 'damaged')).headers[METHOD]).toBeUndefined();
    const unknown = await oss.text('--to', 'KMS', '--key-id', 'alias/nothing');
    expect(unknown.stderr).toContain('there is no alias/nothing');
    expect(unknown.status).toBe(3);
    await stop(oss);
    const lines = (await readFile(audit, 'utf8')).split('\n').filter((line) => line !== '');
    const told = lines.map((line) => JSON.parse(line)).filter((one) => one.service === 'rpc');
    expect(told).toMatchObject([
      { operation: 'ReencryptObjects', decision: 'allowed', status: 200, outcome: 'answered' },
      { operation: 'ReencryptObjects', status: 404, code: 'Forbidden.AliasNotFound' },
    ]);
    expect(told[0].resource).toMatch(/^acs:openoss:\*?:\*?.*bucket\/examplebucket$/);
  });
});
