import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from './command-line.js';
import { serve } from './serve.js';

const scratch = mkdtempSync(path.join(tmpdir(), 'openoss-serve-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const notPem = path.join(scratch, 'not.pem');
writeFileSync(notPem, 'nonsense');

describe('openoss serve refuses, before it touches anything,', () => {
  it.each([
    [['--lissten', '1'], 'unknown flag: --lissten. Did you mean --listen?'],
    [['--constructor'], 'unknown flag: --constructor'],
    [['--__proto__=x'], 'unknown flag: --__proto__'],
    [['--listen', 'here:there'], 'not an address to listen on: here:there'],
    [['--listen', '127.0.0.1:70000'], 'no such port: 70000'],
    [['--rpc-listen', 'here:there'], 'not an address to listen on: here:there'],
    [['--listen'], 'flag needs an argument: --listen'],
    [['--listen='], 'flag needs an argument: --listen'],
    [['--help=yes'], 'flag takes no argument: --help'],
    [['--region', 'oss-cn-hangzhou'], 'write cn-hangzhou'],
    [['--region', 'Hangzhou'], 'not a region id: Hangzhou'],
    [['--log-level', 'loud'], 'no such log level: loud'],
    [['--tls-cert', 'x.pem'], '--tls-cert and --tls-key go together'],
    [['--tls-key', 'x.pem'], '--tls-cert and --tls-key go together'],
    [['--tls-cert', notPem, '--tls-key', path.join(scratch, 'none')], '--tls-key: ENOENT'],
    [['--tls-cert', notPem, '--tls-key', notPem], `--tls-cert: ${notPem} has no certificate`],
    [['--shutdown-seconds', 'soon'], '--shutdown-seconds takes a number of seconds'],
    [['--restore-seconds', '-1'], '--restore-seconds takes a number of seconds'],
    [['--max-connections', '0'], '--max-connections takes a number from 1 on, not "0"'],
    [['--max-requests', 'many'], '--max-requests takes a number from 1 on, not "many"'],
    [['--max-requests', '1.5'], '--max-requests takes a number from 1 on'],
    [['--transfer-mib', '-1'], '--transfer-mib takes a number from 0 on'],
    [['--document-mib', '1e3'], '--document-mib takes a number from 0 on'],
    [['--min-rate', 'slow'], '--min-rate takes a number from 0 on'],
    [['--idle-seconds', '0'], '--idle-seconds takes more than 0 seconds'],
    [['--head-seconds', 'x'], '--head-seconds takes a number of seconds'],
    [['--keep-alive-seconds', '0.0'], '--keep-alive-seconds takes more than 0 seconds'],
    [['--min-free-space', '1GB'], '--min-free-space takes a size such as'],
    [['--audit-log-keep', '3'], '--audit-log-max-size and --audit-log-keep go with --audit-log'],
    [['--audit-log', 'x', '--audit-log-keep', '-1'], '--audit-log-keep takes a number from 0 to'],
    [
      ['--audit-log', 'x', '--audit-log-max-size', '1KiB'],
      '--audit-log-max-size takes 0, or 65536',
    ],
    [['--audit-log', 'x', '--audit-log-max-size', 'big'], '--audit-log-max-size takes a size'],
    [['surplus'], 'unexpected argument: surplus'],
    [['--', 'surplus'], 'unexpected argument: surplus'],
  ])('%j', async (args, message) => {
    const refusal = serve(args);
    await expect(refusal).rejects.toBeInstanceOf(UsageError);
    await expect(refusal).rejects.toThrow(message);
  });
});
