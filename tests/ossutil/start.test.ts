/**
 * What starting `ossutil` loads. Its time is the machine's; what it loads is the program's, and nearly all
 * of that time: a library or a part of Node.js too many shows here.
 */
import { copyFile, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OssutilUser, ossutilUser, pointedAt, putObject } from '../support/ossutil-user.js';
import { programs, run } from '../support/programs.js';

const KiB = 1024;
/** What a bundle and its cache begin with. */
const ID_BYTES = 32;
const dist = path.join(path.dirname(programs.ossutil), '..', 'dist');
const cacheName = `ossutil.${process.version}-${process.arch}.cache`;

/** Writes, at the end of a run, what it had loaded: Node's own modules, and ours. */
const WITNESS = `
const { writeFileSync } = require('node:fs');
process.on('exit', () => {
  const internals = process.moduleLoadList.filter((name) => name.startsWith('NativeModule '));
  const files = Object.keys(require.cache).filter((file) => file !== __filename);
  const launcher = Object.values(require.cache).find((module) => module.filename.endsWith('ossutil.js'));
  writeFileSync(process.env.WITNESS_FILE, JSON.stringify({
    internals: internals.map((name) => name.slice('NativeModule '.length)),
    files,
    cacheRejected: launcher?.exports.cachedDataRejected,
  }));
});
`;

interface Loaded {
  readonly internals: readonly string[];
  readonly files: readonly string[];
  readonly cacheRejected: boolean | undefined;
}

let oss: OpenOss;
let user: OssutilUser;
beforeAll(async () => {
  oss = await startOpenOss({ buckets: ['examplebucket'] });
  user = await ossutilUser(pointedAt(oss.endpoint, oss));
  await writeFile(path.join(user.directory, 'witness.cjs'), WITNESS);
});
afterAll(() => oss.close());

/** What a run of `program` (a file) with these arguments loads. */
async function loadedBy(program: string, args: readonly string[]): Promise<Loaded> {
  const witness = path.join(user.directory, 'witness.json');
  const command = [
    process.execPath,
    ...['--require', path.join(user.directory, 'witness.cjs')],
    ...[program, ...args],
  ];
  const env = { ...user.environment, WITNESS_FILE: witness };
  const { status, stderr } = await run(command, { cwd: user.directory, env });
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(await readFile(witness, 'utf8')) as Loaded;
}

describe('a start of ossutil', () => {
  it('reads one file of code that is small, and no library', async () => {
    for (const args of [['version'], putObject('--body', 'hi oss')]) {
      const { files } = await loadedBy(programs.ossutil, args);
      expect(files).toEqual([programs.ossutil]);
    }
    // 252 KiB when this was written; the libraries would make it 660.
    expect((await stat(path.join(dist, 'ossutil.cjs'))).size).toBeLessThan(350 * KiB);
  });

  it('reads a library where one is needed, and that one only', async () => {
    const rareType = putObject('--key', 'object.epub', '--body', 'hi oss');
    expect((await loadedBy(programs.ossutil, rareType)).files).toEqual([
      programs.ossutil,
      path.join(dist, 'lib', 'mime-types.cjs'),
    ]);
  });

  it('loads for a put over http what http, hashes and streams need of Node.js, and no more', async () => {
    await writeFile(path.join(user.directory, 'empty.cjs'), '');
    await writeFile(
      path.join(user.directory, 'needed.cjs'),
      `const { createHmac } = require('node:crypto');
       const { request } = require('node:http');
       require('node:vm');
       require('node:os');
       createHmac('sha256', 'key').update('text').digest();
       const asked = request('${oss.endpoint}', (answer) => answer.resume());
       asked.on('close', () => process.stdout.write('done'));
       asked.end();`,
    );
    const bare = await loadedBy(path.join(user.directory, 'empty.cjs'), []);
    const needed = await loadedBy(path.join(user.directory, 'needed.cjs'), []);
    const put = await loadedBy(programs.ossutil, putObject('--body', 'hi oss'));
    // What the comparison itself loads, so that a changed Node.js shows as that.
    expect(needed.internals.length - bare.internals.length).toBeGreaterThan(30);
    expect(put.internals.filter((name) => !needed.internals.includes(name))).toEqual([]);
  });

  it('compiles nothing that the build has compiled', async () => {
    const { cacheRejected } = await loadedBy(programs.ossutil, putObject('--body', 'hi oss'));
    expect(cacheRejected).toBe(false);
  });
});

describe('compiled code that does not fit', () => {
  let copy: string;
  beforeAll(async () => {
    const folder = path.join(user.directory, 'copy');
    await mkdir(path.join(folder, 'bin'), { recursive: true });
    await cp(dist, path.join(folder, 'dist'), { recursive: true });
    for (const name of await readdir(path.dirname(programs.ossutil))) {
      await copyFile(
        path.join(path.dirname(programs.ossutil), name),
        path.join(folder, 'bin', name),
      );
    }
    copy = path.join(folder, 'bin', 'ossutil.js');
  });

  const put = putObject('--body', 'hi oss');
  const cacheOfCopy = () => path.join(path.dirname(copy), '..', 'dist', cacheName);

  it('of another build is not looked at, though the source is as long', async () => {
    const bundle = path.join(path.dirname(copy), '..', 'dist', 'ossutil.cjs');
    const source = await readFile(bundle, 'utf8');
    // As a build of another source would be: as long, with another id at its beginning.
    const other = source
      .replace(/^\/\* [0-9a-f]+ \*\//, (id) => `/* ${'0'.repeat(id.length - 6)} */`)
      .replace('Help about any command', 'HELP ABOUT ANY COMMAND');
    expect([other.length, other === source]).toEqual([source.length, false]);
    await writeFile(bundle, other);
    expect((await loadedBy(copy, put)).cacheRejected).toBe(undefined);
    expect((await run([process.execPath, copy, '--help'], {})).stdout).toContain(
      'HELP ABOUT ANY COMMAND',
    );
    await writeFile(bundle, source);
    expect((await loadedBy(copy, put)).cacheRejected).toBe(false);
  });

  it.each([
    ['broken off', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ['of another V8', (bytes: Buffer) => bytes.fill(1, ID_BYTES + 4, ID_BYTES + 8)],
    ['empty', () => Buffer.alloc(0)],
  ])('because it is %s is refused, and the source compiled', async (_, spoil) => {
    const whole = await readFile(cacheOfCopy());
    await writeFile(cacheOfCopy(), spoil(Buffer.from(whole)));
    expect((await loadedBy(copy, put)).cacheRejected).not.toBe(false);
    await writeFile(cacheOfCopy(), whole);
  });

  it('made with other flags is refused, and the source compiled', async () => {
    const { status, stderr } = await run([process.execPath, '--no-opt', copy, ...put], {
      env: user.environment,
    });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('may be missing', async () => {
    const whole = await readFile(cacheOfCopy());
    await rm(cacheOfCopy());
    expect((await loadedBy(copy, put)).cacheRejected).toBe(undefined);
    await writeFile(cacheOfCopy(), whole);
  });
});
