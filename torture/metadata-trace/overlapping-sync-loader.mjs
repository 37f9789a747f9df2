/**
 * Module hooks that put `overlappingSync: true` into every `open` of `lmdb`: then a commit is
 * answered before it is flushed. To show that the torture finds such an engine out.
 */
const WRAPPER = 'openoss-torture:overlapping-sync';

/**
 * @param {string} specifier
 * @param {{ readonly parentURL?: string }} context
 * @param {(specifier: string, context: object) => Promise<{ url: string }>} nextResolve
 */
export async function resolve(specifier, context, nextResolve) {
  if (specifier !== 'lmdb' || context.parentURL?.startsWith(WRAPPER)) {
    return nextResolve(specifier, context);
  }
  const { url } = await nextResolve(specifier, context);
  return { url: `${WRAPPER}?${url}`, shortCircuit: true };
}

/**
 * @param {string} url
 * @param {object} context
 * @param {(url: string, context: object) => Promise<object>} nextLoad
 */
export async function load(url, context, nextLoad) {
  if (!url.startsWith(WRAPPER)) return nextLoad(url, context);
  const lmdb = JSON.stringify(url.slice(WRAPPER.length + 1));
  const source = `
    import * as lmdb from ${lmdb};
    export * from ${lmdb};
    export const open = (options) => lmdb.open({ ...options, overlappingSync: true });
  `;
  return { format: 'module', source, shortCircuit: true };
}
