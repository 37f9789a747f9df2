/** The command line of `openoss`: help, usage errors, version. */
import { describe, expect, it } from 'vitest';
import { programs, run } from '../support/programs.js';

describe.concurrent('openoss', () => {
  it.each([
    [['help'], 0],
    [['--help'], 0],
    [[], 0],
    [['serve', '--help'], 0],
    [['dev', '-h'], 0],
    [['help', 'dev'], 0],
  ])('%j prints help', async (args, expected) => {
    const { status, stdout } = await run([process.execPath, programs.openoss, ...args]);
    expect(status).toBe(expected);
    expect(stdout).toContain('Usage: openoss');
  });

  it.each([
    [['constructor'], 'unknown command: constructor'],
    [['help', 'toString'], 'unknown command: toString'],
    [['help', 'serv'], 'Did you mean "openoss serve"?'],
    [['serve', '--lissten', '1'], 'unknown flag: --lissten. Did you mean --listen?'],
  ])('%j is a usage error', async (args, message) => {
    const { status, stderr, stdout } = await run([process.execPath, programs.openoss, ...args]);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
  });

  it('suggests the command that was meant', async () => {
    const { status, stderr } = await run([process.execPath, programs.openoss, 'sevre']);
    expect(status).toBe(1);
    expect(stderr).toContain('unknown command: sevre. Did you mean "openoss serve"?');
  });

  it('prints its version', async () => {
    expect((await run([process.execPath, programs.openoss, 'version'])).stdout).toMatch(
      /^\d+\.\d+\.\d+\n$/,
    );
  });
});
