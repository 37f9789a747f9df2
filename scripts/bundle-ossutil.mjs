// Bundles the ossutil program into one CommonJS file, packages/ossutil/dist/ossutil.cjs.
//
// One file, because finding and reading many costs more than parsing one; CommonJS, because Node.js
// starts it faster than ESM. What the sources load with `import()` is in the file too, but is
// evaluated only when it is asked for. Options: --outfile FILE writes the bundle elsewhere,
// --metafile FILE esbuild's account of what is in it and why.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { importPastIndexes } from './import-past-indexes.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: { metafile: { type: 'string' }, outfile: { type: 'string' } },
});
const outfile = values.outfile ?? join(root, 'packages/ossutil/dist/ossutil.cjs');

await mkdir(dirname(outfile), { recursive: true });
const result = await build({
  absWorkingDir: root,
  entryPoints: ['packages/ossutil/src/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // The sources themselves, so that the bundle never holds a stale build of another package.
  conditions: ['@openoss/source'],
  plugins: [
    importPastIndexes({
      '@openoss/protocol': join(root, 'packages/protocol/src/index.ts'),
      '@openoss/client': join(root, 'packages/client/src/index.ts'),
    }),
  ],
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  // Names stay: a stack trace in a bug report has to be readable.
  minifyIdentifiers: false,
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
});
if (values.metafile !== undefined)
  await writeFile(values.metafile, JSON.stringify(result.metafile));
const [output] = Object.entries(result.metafile.outputs).filter(([file]) => file.endsWith('.cjs'));
console.log(`ossutil bundle: ${Math.round((output?.[1].bytes ?? 0) / 1024)} KiB`);
