/**
 * Writes the lists that would otherwise be kept by hand: which operations there are (protocol), and
 * which handler serves each (server). A file in the folder is an entry in the list, nothing else.
 *
 *   node scripts/generate-indexes.mjs           write them
 *   node scripts/generate-indexes.mjs --check   exit 1 when one is not what it would write
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const header = '// Written by `npm run generate` from the files in this folder. Do not edit.\n\n';

/** The files of a folder that each define one thing, with the name of the constant they export. */
async function definitions(folder, pattern) {
  const files = (await readdir(path.join(root, folder)))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .filter((name) => name !== 'index.ts' && name !== 'loaders.ts')
    .sort();
  return Promise.all(
    files.map(async (file) => {
      const source = await readFile(path.join(root, folder, file), 'utf8');
      const name = pattern.exec(source)?.[1];
      if (name === undefined) throw new Error(`${folder}/${file} does not match ${pattern}`);
      return { name, file: file.replace(/\.ts$/, '') };
    }),
  );
}

const operationsFolder = 'packages/protocol/src/operations';
const operations = await definitions(operationsFolder, /^export const (\w+) = operation\(/m);

const outputs = {
  [`${operationsFolder}/index.ts`]: `${header}import type { Operation } from '../operation/operation.js';
${operations.map(({ name, file }) => `import { ${name} } from './${file}.js';`).join('\n')}

${operations.map(({ file }) => `export * from './${file}.js';`).join('\n')}

/** Every operation that is described. */
export const operations: readonly Operation[] = [
${operations.map(({ name }) => `  ${name},`).join('\n')}
];
`,
  [`${operationsFolder}/loaders.ts`]: `${header}import type { Operation } from '../operation/operation.js';

/**
 * Every operation by its command-line name, loaded when asked for: a program that runs one
 * operation evaluates one description.
 */
export const operationLoaders: Readonly<Record<string, () => Promise<Operation>>> = {
${operations.map(({ name, file }) => `  '${file}': async () => (await import('./${file}.js')).${name},`).join('\n')}
};
`,
};

const handlersFolder = 'packages/server/src/handlers';
const handlers = await definitions(handlersFolder, /^export const (\w+) = handler\(/m).catch(
  (error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  },
);
if (handlers !== undefined) {
  outputs[`${handlersFolder}/index.ts`] =
    `${header}import type { BoundHandler } from '../handler.js';
${handlers.map(({ name, file }) => `import { ${name} } from './${file}.js';`).join('\n')}

/** The handler of every operation that this server serves. */
export const handlers: readonly BoundHandler[] = [
${handlers.map(({ name }) => `  ${name},`).join('\n')}
];
`;
}

const check = process.argv.includes('--check');
let stale = 0;
for (const [file, text] of Object.entries(outputs)) {
  const before = await readFile(path.join(root, file), 'utf8').catch(() => undefined);
  if (before === text) continue;
  if (check) {
    console.error(`${file} is stale: run \`npm run generate\``);
    stale += 1;
  } else {
    await writeFile(path.join(root, file), text);
    console.log(`wrote ${file}`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
