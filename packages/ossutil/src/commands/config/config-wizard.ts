import { parseConfigurationFile } from '../../configuration/configuration-file.js';
import { valueProblem } from '../../configuration/configuration-key.js';
import { absolutePath } from '../../configuration/configuration-path.js';
import { editConfiguration } from '../../configuration/edit-configuration.js';
import { parseEndpoint } from '../../configuration/endpoint.js';
import { resolveProfile } from '../../configuration/profile.js';
import { writeConfiguration } from '../../configuration/write-configuration.js';
import type { CommandContext, CommandDetail } from '../../program/command-node.js';
import type { Prompter } from '../../program/program-edge.js';
import { configTarget, configTargetHelp, readForChange } from './config-target.js';

/** What the wizard asks for, in its order. */
interface Question {
  readonly key: string;
  readonly text: string;
  /** Shown masked but for its end. */
  readonly masked?: boolean;
  /** What is typed is not shown. */
  readonly secret?: boolean;
  /** What an empty answer means when nothing is set yet. */
  readonly otherwise?: string;
}

const questions: readonly Question[] = [
  { key: 'access-key-id', text: 'Please enter Access Key ID', masked: true },
  { key: 'access-key-secret', text: 'Please enter Access Key Secret', masked: true, secret: true },
  { key: 'region', text: 'Please enter Region', otherwise: 'cn-hangzhou' },
  { key: 'endpoint', text: 'Please enter Endpoint (optional, use public endpoint by default)' },
];

/** The current value in brackets: the last characters of a key, `None` when there is none. */
function shown({ masked, otherwise }: Question, current: string | undefined): string {
  if (current === undefined) return otherwise ?? 'None';
  // Never more than a third: of a short secret the end would be most of it.
  return masked === true
    ? `${'*'.repeat(16)}${current.slice(current.length - Math.min(4, Math.floor(current.length / 3)))}`
    : current;
}

/** What is wrong with an answer, or undefined. */
function problemWith(key: string, answer: string): string | undefined {
  if (key === 'region' && !/^[a-z0-9-]+$/.test(answer)) {
    return 'a region id has lower-case letters, digits and hyphens only';
  }
  if (key === 'endpoint') {
    try {
      parseEndpoint(answer);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  return valueProblem(key, answer);
}

/**
 * Asks until the answer is fine. An empty answer keeps what there is or takes the usual value; the
 * end of input only keeps: nobody said anything.
 */
async function ask(
  prompter: Prompter,
  question: Question,
  current: string | undefined,
  complain: (problem: string) => Promise<void>,
): Promise<string | undefined> {
  const text = `${question.text} [${shown(question, current)}]:`;
  for (;;) {
    const answer = await prompter.ask(text, { secret: question.secret === true });
    if (answer === undefined) return current;
    if (answer.trim() === '') return current ?? question.otherwise;
    const problem = problemWith(question.key, answer.trim());
    if (problem === undefined) return answer.trim();
    await complain(problem);
  }
}

async function chooseFile(context: CommandContext, prompter: Prompter): Promise<string> {
  const { path, explicit } = configTarget(context);
  const { edge } = context;
  if (explicit) return path;
  // The wording is that of ossutil 2, where Windows and macOS print the path in quotes.
  const quoted = edge.platform === 'linux' ? path : `"${path}"`;
  const answer = await prompter.ask(
    `Please enter the config file name,the file name can include path(default ${quoted}, carriage return will use the default file. If you specified this option to other file, you should specify --config-file option to the file when you use other commands):`,
  );
  if (answer !== undefined && answer.trim() !== '') return absolutePath(answer.trim(), edge);
  await edge.stdout.write(`No config file entered, will use the default config file "${path}"\n`);
  return path;
}

async function run(context: CommandContext): Promise<void> {
  const { edge } = context;
  const { profile } = configTarget(context);
  await edge.stdout.write(
    'The command creates a config file and stores configuration settings and credentials.\n',
  );
  const prompter = await edge.openPrompter();
  try {
    const path = await chooseFile(context, prompter);
    const before = await readForChange(path);
    await edge.stdout.write(
      'For the following settings, carriage return means skip the configuration.\n',
    );
    const current = resolveProfile(parseConfigurationFile(before, path), profile);
    let after = before;
    for (const question of questions) {
      const existing = current.entry(question.key)?.value;
      const value = await ask(prompter, question, existing, (problem) =>
        edge.stderr.write(`Error: ${problem}\n`),
      );
      if (value !== undefined && value !== existing) {
        after = editConfiguration(after, { profile, key: question.key, value });
      }
    }
    if (after !== before) await writeConfiguration(path, after);
  } finally {
    prompter.close();
  }
}

/** `ossutil config` without a subcommand: asks for what a profile needs. */
export const configWizard: CommandDetail = {
  description: `Creates a config file and stores configuration settings and credentials, asking for them one by one.\n\n${configTargetHelp} The file is readable by its owner only.`,
  run,
};
