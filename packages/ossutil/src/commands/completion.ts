import type { CompletionModel } from '../completion/completion-model.js';
import type { CommandNode } from '../program/command-node.js';

interface Shell {
  readonly name: string;
  /** How to load the script, for the example in the help. */
  readonly load: string;
  render(): Promise<(model: CompletionModel) => string>;
}

const shells: readonly Shell[] = [
  {
    name: 'bash',
    load: 'source <(ossutil completion bash)',
    render: async () => (await import('../completion/bash.js')).bashCompletion,
  },
  {
    name: 'fish',
    load: 'ossutil completion fish | source',
    render: async () => (await import('../completion/fish.js')).fishCompletion,
  },
  {
    name: 'powershell',
    load: 'ossutil completion powershell | Out-String | Invoke-Expression',
    render: async () => (await import('../completion/powershell.js')).powershellCompletion,
  },
  {
    name: 'zsh',
    load: 'source <(ossutil completion zsh)',
    render: async () => (await import('../completion/zsh.js')).zshCompletion,
  },
];

const shellCommand = (shell: Shell): CommandNode => ({
  name: shell.name,
  summary: `Print the completion script for ${shell.name}`,
  detail: async () => ({
    description: `Prints a script that completes the commands and flags of ossutil in ${shell.name}.`,
    examples: [
      {
        title: 'Load it into this session; put the line into the profile of the shell to keep it.',
        command: shell.load,
      },
    ],
    run: async ({ edge, globalFlags, root }) => {
      const { completionModel } = await import('../completion/completion-model.js');
      const render = await shell.render();
      await edge.stdout.write(render(await completionModel(root, globalFlags)));
    },
  }),
});

/** `ossutil completion bash|fish|powershell|zsh`. */
export const completionCommand: CommandNode = {
  name: 'completion',
  summary: 'Print a script that completes commands and flags in a shell',
  children: shells.map(shellCommand),
  detail: async () => ({}),
};
