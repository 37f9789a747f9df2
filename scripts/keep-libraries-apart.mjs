/**
 * An esbuild plugin that leaves the libraries out of a bundle, for `bundleLibraries` to put each into a
 * file of its own beside it. What is in the bundle is read and parsed at every start of the program,
 * used or not; the libraries are most of it, and most runs use none.
 *
 * The sources' imports say which names of a library are used; the rest of it is dropped.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { specifiers } from './import-past-indexes.mjs';

/** The plugin; it notes in `libraries` the names that are imported of each library. */
export function keepLibrariesApart(libraries) {
  return {
    name: 'keep-libraries-apart',
    setup(bundle) {
      bundle.onResolve({ filter: /^[a-z@]/ }, ({ path: library, kind, importer }) => {
        if (kind === 'entry-point' || /^(?:node:|@openoss\/)/.test(library)) return undefined;
        const names = libraries.get(library) ?? new Set();
        libraries.set(library, names);
        for (const name of importedNames(readFileSync(importer, 'utf8'), library)) names.add(name);
        return { path: `./${libraryFile(library)}`, external: true };
      });
    },
  };
}

/** Bundles each library with what it needs itself; `options` are esbuild's. Answers the files' account. */
export async function bundleLibraries(libraries, directory, options) {
  return await Promise.all(
    [...libraries].map(async ([library, names]) => {
      const { metafile } = await build({
        ...options,
        stdin: {
          contents: `export { ${[...names].join(', ')} } from '${library}';`,
          // Found as the sources find it.
          resolveDir: path.join(options.absWorkingDir, 'packages', 'ossutil', 'src'),
        },
        outfile: path.join(directory, libraryFile(library)),
      });
      return metafile;
    }),
  );
}

function libraryFile(library) {
  return `lib/${library.replace('@', '').replace('/', '-')}.cjs`;
}

function importedNames(source, library) {
  const statement = new RegExp(
    `import \\{([^}]*)\\} from '${library}'|const \\{([^}]*)\\} = await import\\(\\s*'${library}'`,
    'g',
  );
  const lists = [...source.matchAll(statement)].map(([, still, lazily]) => still ?? lazily);
  const values = lists
    .join(',')
    .split(',')
    .filter((part) => !part.trim().startsWith('type '));
  const names = specifiers(values.join(',')).map(({ imported }) => imported);
  if (names.length === 0) throw new Error(`what is imported of ${library} cannot be told`);
  return names;
}
