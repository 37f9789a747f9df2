import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogLevel } from '../configuration/settings.js';
import { RecordingEdge } from '../program/recording-edge.js';
import { createLogger } from './logger.js';
import { openLog, secretsOf } from './open-log.js';
import { loggableHeader, redact } from './redact.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ossutil-log-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const credentials = {
  mode: 'StsToken',
  accessKeyId: 'AK',
  accessKeySecret: 'top/secret+1',
  securityToken: 'tok',
} as const;
const open = (logLevel: LogLevel, logFile: string) => {
  const edge = new RecordingEdge({
    workingDirectory: directory,
    now: Date.UTC(2026, 4, 8, 6, 25, 8, 123),
  });
  return { edge, log: openLog({ logLevel, logFile }, edge, secretsOf(credentials)) };
};

describe('the log', () => {
  it('is appended to the file, which only its owner may read', async () => {
    const { log } = open('info', 'ossutil.log');
    log.info('one');
    log.debug('not at this level');
    log.info('two\nlines');
    const path = join(directory, 'ossutil.log');
    expect(await readFile(path, 'utf8')).toBe(
      '2026-05-08T06:25:08.123Z INFO  one\n2026-05-08T06:25:08.123Z INFO  two\\nlines\n',
    );
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('goes to standard output for -', () => {
    const { edge, log } = open('debug', '-');
    log.debug('seen');
    expect(edge.stdout.text).toBe('2026-05-08T06:25:08.123Z DEBUG seen\n');
  });

  it('creates nothing while it is off', async () => {
    const { log } = open('off', 'ossutil.log');
    log.info('x');
    log.debug('x');
    expect(await readdir(directory)).toEqual([]);
  });

  it('that cannot be written is an error of its own', () => {
    const { log } = open('info', 'missing/dir/x.log');
    expect(() => log.info('x')).toThrow(/the log file .* cannot be written/);
  });

  it('holds no secret that the program knows, plain or escaped', () => {
    const lines: string[] = [];
    const log = createLogger({
      level: 'debug',
      write: (line) => lines.push(line),
      now: () => 0,
      secrets: ['top/secret+1', 'tok'],
    });
    log.info('key top/secret+1 and top%2Fsecret%2B1 and tok');
    expect(lines.join('')).not.toMatch(/secret|tok/);
  });
});

describe('what may be logged', () => {
  it.each([
    [
      'Authorization',
      'OSS4-HMAC-SHA256 Credential=AK/20260508/cn/oss/aliyun_v4_request,Signature=abc123',
      'OSS4-HMAC-SHA256 Credential=AK/20260508/cn/oss/aliyun_v4_request,Signature=<hidden>',
    ],
    ['authorization', 'OSS AK:c2ln', 'OSS AK:<hidden>'],
    ['Authorization', 'Bearer abc', '<hidden>'],
    ['x-oss-security-token', 'tok', '<hidden>'],
    ['Proxy-Authorization', 'Basic abc', '<hidden>'],
    ['Content-Type', 'text/plain', 'text/plain'],
  ])('of the header %s: %s is %s', (name, value, shown) => {
    expect(loggableHeader(name, value)).toBe(shown);
  });

  it.each([
    ['http://h/k?x-oss-signature=abc&a=1', 'http://h/k?x-oss-signature=<hidden>&a=1'],
    [
      'http://h/k?OSSAccessKeyId=AK&Signature=a%3D&Expires=1',
      'http://h/k?OSSAccessKeyId=AK&Signature=<hidden>&Expires=1',
    ],
    ['http://h/k?a=1&security-token=t', 'http://h/k?a=1&security-token=<hidden>'],
    ['via http://me:pw@proxy:80/', 'via http://<hidden>@proxy:80/'],
    ['http://h/a@b', 'http://h/a@b'],
  ])('of %s is %s', (text, shown) => {
    expect(redact(text, [])).toBe(shown);
  });
});
