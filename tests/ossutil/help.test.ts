/** The help and the completion of `ossutil` as shipped; those of each command are unit tests. */
import { operationLoaders } from '@openoss/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { type OssutilUser, ossutilUser } from '../support/ossutil-user.js';

let user: OssutilUser;
beforeAll(async () => {
  user = await ossutilUser();
});

const commands = Object.keys(operationLoaders);

/** Runs a command that has to succeed without a word on standard error. */
async function said(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await user.ossutil(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).not.toContain('(s) elapsed');
  return stdout;
}

/** The lines of a section of help. */
const section = (help: string, title: string): string[] => {
  const [, text = ''] = help.split(`\n${title}:\n`);
  return (text.split('\n\n')[0] ?? '').split('\n');
};

describe.concurrent('the help of ossutil', () => {
  it('lists the commands, of api every operation, each with a sentence', async () => {
    const root = await said('-h');
    expect(root).toMatch(/^ossutil is a tool for managing OSS .*\n\nUsage: ossutil \[command\]\n/);
    expect(root).toContain(
      '\nUse "ossutil [command] --help" for more information about a command.',
    );
    const api = await said('api', '--help');
    const listed = section(api, 'Available Commands');
    expect(listed.map((line) => line.trim().split(' ')[0])).toEqual([...commands].sort());
    for (const line of listed) expect(line).toMatch(/^ {2}[a-z0-9-]+ +[A-Z].*\w$/);
  });

  it('has the flags of the put-object page, with their types', async () => {
    const help = await said('help', 'api', 'put-object');
    const flags = section(help, 'Flags').map((line) => line.trim().split(/ {2,}/)[0]);
    expect(flags).toEqual([
      '--body string',
      '--bucket string',
      '--cache-control string',
      '--content-disposition string',
      '--content-encoding string',
      '--content-type string',
      '--expires string',
      '--forbid-overwrite',
      '--key string',
      '--metadata stringArray',
      '--object-acl string',
      '--server-side-data-encryption string',
      '--server-side-encryption string',
      '--server-side-encryption-key-id string',
      '--storage-class string',
      '--tagging string',
    ]);
    expect(help).toContain('\nUsage: ossutil api put-object --bucket value --key value [flags]\n');
    expect(help).toMatch(/\n {6}--body string .*file:\/\/PATH.*standard input/);
    const global = section(help, 'Global Flags').join('\n');
    for (const flag of [
      ...['-i, --access-key-id', '-k, --access-key-secret', '-t, --sts-token', '--region'],
      ...['-e, --endpoint', '--addressing-style', '--sign-version', '--mode', '--profile'],
      ...['-c, --config-file', '--connect-timeout', '--read-timeout', '--retry-times'],
      ...['--skip-verify-cert', '--output-format', '--output-query', '--proxy', '--user-agent'],
      ...['--ignore-env-var', '--loglevel', '--log-file', '-q, --quiet', '-n, --dry-run'],
      '-h, --help',
    ]) {
      expect(global).toMatch(new RegExp(`^ +${flag} `, 'm'));
    }
  });

  it('is the same by help, by --help and by -h, whatever else is there', async () => {
    const help = await said('config', 'set', '-h');
    expect(help).toContain('\nUsage: ossutil config set key value [flags]\n');
    expect(await said('help', 'config', 'set')).toBe(help);
    expect(await said('config', '--help', 'set', 'stray', '--region=x')).toBe(help);
  });
});

describe('the completion of ossutil', () => {
  it('knows every command, flag and value', async () => {
    const script = await said('completion', 'bash');
    const values = ['list-profiles', 'forbid-overwrite', 'addressing-style', 'DeepColdArchive'];
    for (const word of [...commands, ...values]) expect(script).toContain(word);
  });
});
