import { nearestOf, UsageError } from './command-line.js';
import { dev } from './dev.js';
import { serve } from './serve.js';
import { VERSION } from './version.js';

const HELP = `OpenOSS ${VERSION}: a self-hosted Object Storage Service that speaks Alibaba Cloud OSS.

Usage: openoss COMMAND [flags]

Commands:
  serve     serve a data directory until stopped
  dev       a throw-away server, for tests and for trying things out
  version   print the version
  help      print this, or with a command its flags

Use "openoss COMMAND --help" for the flags of a command.
`;

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  serve,
  dev,
  version: async () => {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  },
  help: async ([command]) => {
    const run = command === undefined || command === 'help' ? undefined : COMMANDS[command];
    if (run !== undefined) return run(['--help']);
    process.stdout.write(HELP);
    return 0;
  },
};

async function main(args: readonly string[]): Promise<number> {
  const [first = 'help', ...rest] = args;
  const name =
    { '-h': 'help', '--help': 'help', '-v': 'version', '--version': 'version' }[first] ?? first;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  try {
    if (command === undefined) {
      const nearest = nearestOf(name, Object.keys(COMMANDS));
      throw new UsageError(
        `unknown command: ${name}${nearest === undefined ? '' : `. Did you mean "openoss ${nearest}"?`}`,
      );
    }
    return await command(rest);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(
      `openoss: ${error.message}\nRun "openoss help" for the commands and their flags.\n`,
    );
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
