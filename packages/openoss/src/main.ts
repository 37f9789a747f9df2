import { nearestOf, UsageError } from './command-line.js';
import { VERSION } from './version.js';

const HELP = `OpenOSS ${VERSION}: a self-hosted Object Storage Service that speaks Alibaba Cloud OSS.

Usage: openoss COMMAND [flags]

Commands:
  serve     serve a data directory until stopped
  backup    copy a data directory, of a running server too, as of one moment
  restore   make a data directory of a backup
  dev       a throw-away server, for tests and for trying things out
  scrub     check everything that a running server keeps
  fsck      check a data directory that no server uses
  admin     users, groups, access keys, policies, roles and KMS keys of a running server,
            and why a request is allowed or denied
  version   print the version
  help      print this, or with a command its flags

Use "openoss COMMAND --help" for the flags of a command.
`;

type Command = (args: readonly string[]) => Promise<number>;

// The service is loaded by the commands that run it, not to print a version.
const serve: Command = async (args) => (await import('./serve.js')).serve(args);
const backup: Command = async (args) => (await import('./backup.js')).backup(args);
const restore: Command = async (args) => (await import('./restore.js')).restore(args);
const dev: Command = async (args) => (await import('./dev.js')).dev(args);
const scrub: Command = async (args) => (await import('./scrub.js')).scrub(args);
const fsck: Command = async (args) => (await import('./fsck.js')).fsck(args);
const admin: Command = async (args) => (await import('./admin/admin.js')).admin(args);

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['serve', serve],
  ['backup', backup],
  ['restore', restore],
  ['dev', dev],
  ['scrub', scrub],
  ['fsck', fsck],
  ['admin', admin],
  ['version', version],
  ['help', help],
]);
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['-h', 'help'],
  ['--help', 'help'],
  ['-v', 'version'],
  ['--version', 'version'],
]);
/** The commands that have flags, and so a help of their own. */
const WITH_HELP: ReadonlySet<Command> = new Set([serve, backup, restore, dev, scrub, fsck, admin]);

async function version(): Promise<number> {
  process.stdout.write(`${VERSION}\n`);
  return 0;
}

async function help([name, ...words]: readonly string[]): Promise<number> {
  const command = name === undefined ? help : commandOf(name);
  if (WITH_HELP.has(command)) return command([...words, '--help']);
  process.stdout.write(HELP);
  return 0;
}

function commandOf(name: string): Command {
  const command = COMMANDS.get(ALIASES.get(name) ?? name);
  if (command !== undefined) return command;
  const nearest = nearestOf(name, [...COMMANDS.keys()]);
  throw new UsageError(
    `unknown command: ${name}${nearest === undefined ? '' : `. Did you mean "openoss ${nearest}"?`}`,
  );
}

async function main([name = 'help', ...rest]: readonly string[]): Promise<number> {
  try {
    return await commandOf(name)(rest);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`openoss: ${error.message}\n${error.help}\n`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
