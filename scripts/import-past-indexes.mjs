/**
 * An esbuild plugin that lets the sources import a package by its door (its index) and the bundle
 * still evaluate only what is used: `import { escapePath } from '@openoss/protocol'` is rewritten to
 * import the very file that defines it, and so is `const { Crc64 } = await import('@openoss/protocol')`.
 *
 * Needed because a module that any lazily loaded module imports is evaluated whole, re-exports and
 * all, at its first use: through the index, one `import()` would evaluate every operation.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const definition =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|type|interface) (\w+)/gm;
const reexportAll = /^export \* from '(\.[^']+)\.js';/gm;
const reexportSome = /^export (?:type )?\{([^}]*)\} from '(\.[^']+)\.js';/gm;

/** Which file defines each name that a module exports, and under which name. */
function exportsOf(file) {
  const source = readFileSync(file, 'utf8');
  const folder = path.dirname(file);
  const names = new Map();
  for (const [, name] of source.matchAll(definition)) names.set(name, { file, name });
  for (const [, target] of source.matchAll(reexportAll)) {
    for (const [name, origin] of exportsOf(path.join(folder, `${target}.ts`)))
      names.set(name, origin);
  }
  for (const [, list, target] of source.matchAll(reexportSome)) {
    const inner = exportsOf(path.join(folder, `${target}.ts`));
    for (const { imported, local } of specifiers(list)) {
      const origin = inner.get(imported);
      if (origin !== undefined) names.set(local, origin);
    }
  }
  return names;
}

/** The names in the braces of an import or export. */
export function specifiers(list) {
  return list
    .split(',')
    .map((part) => part.trim().replace(/^type /, ''))
    .filter((part) => part !== '')
    .map((part) => {
      const [imported, local = imported] = part.split(/\s+as\s+/);
      return { imported, local };
    });
}

/** The plugin; `indexes` maps the names of packages to their index files. */
export function importPastIndexes(indexes) {
  const origins = new Map(Object.entries(indexes).map(([name, file]) => [name, exportsOf(file)]));
  const statement = /^import (type )?\{([^}]*)\} from '(@openoss\/[a-z]+)';/gm;
  const lazily = /^( *)const \{([^}]*)\} = await import\('(@openoss\/[a-z]+)'\);/gm;
  return {
    name: 'import-past-indexes',
    setup(build) {
      build.onLoad(
        { filter: /[/\\]packages[/\\][a-z]+[/\\]src[/\\].*\.ts$/ },
        async ({ path: file }) => {
          const source = await readFile(file, 'utf8');
          const rewrite = (whole, list, name, write) => {
            const known = origins.get(name);
            if (known === undefined) return whole;
            const values = list
              .split(',')
              .map((part) => part.trim())
              .filter((part) => part !== '' && !part.startsWith('type '));
            return specifiers(values.join(','))
              .map(({ imported, local }) => {
                const origin = known.get(imported);
                if (origin === undefined)
                  throw new Error(`${file}: ${name} does not export ${imported}`);
                return write(origin, local, JSON.stringify(origin.file));
              })
              .join(' ');
          };
          const contents = source
            .replace(statement, (whole, isType, list, name) =>
              isType !== undefined && origins.has(name)
                ? ''
                : rewrite(
                    whole,
                    list,
                    name,
                    (origin, local, from) => `import { ${origin.name} as ${local} } from ${from};`,
                  ),
            )
            .replace(lazily, (whole, indent, list, name) =>
              rewrite(
                whole,
                list.replaceAll(':', ' as '),
                name,
                (origin, local, from) =>
                  `${indent}const { ${origin.name}: ${local} } = await import(${from});`,
              ),
            );
          return { contents, loader: 'ts' };
        },
      );
    },
  };
}
