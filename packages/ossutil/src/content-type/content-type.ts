/** What an object is when its key says nothing. */
export const defaultContentType = 'application/octet-stream';

/**
 * Extensions answered without loading a table. First what Go's `mime` package has built in, which
 * the Go SDK asks before its own table, without the `charset` that the SDK strips; then extensions so
 * common that the tables, which take longer to load than the rest of the program, would be loaded for
 * nothing (the test compares them with the tables).
 */
export const commonTypes: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  css: 'text/css',
  gif: 'image/gif',
  htm: 'text/html',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript',
  json: 'application/json',
  mjs: 'text/javascript',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
  webp: 'image/webp',
  xml: 'text/xml',

  bin: 'application/octet-stream',
  csv: 'text/csv',
  gz: 'application/x-gzip',
  log: 'text/plain',
  md: 'text/markdown',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  tar: 'application/x-tar',
  tgz: 'application/x-compressed',
  txt: 'text/plain',
  yaml: 'text/yaml',
  yml: 'text/yaml',
  zip: 'application/zip',
};

/** The extension of a key as Go's `path.Ext` finds it, in lower case and without its dot. */
export function keyExtension(key: string): string {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
}

async function fromTables(extension: string): Promise<string | undefined> {
  const { sdkMediaTypes } = await import('./sdk-media-types.js');
  for (const [type, extensions] of Object.entries(sdkMediaTypes)) {
    if (extensions.split(' ').includes(extension)) return type;
  }
  const { lookup } = await import('mime-types');
  return lookup(`.${extension}`) || undefined;
}

/**
 * The Content-Type of an object that was uploaded without one: by the extension of its *key*, not
 * of the local file, as the Go SDK decides it (Go's built-in table, then the SDK's).
 *
 * The real program also asks the tables of the operating system, so it answers differently on
 * different machines; `mime-types` stands in for them here, the same everywhere.
 */
export async function contentTypeOfKey(key: string): Promise<string> {
  const extension = keyExtension(key);
  if (extension === '') return defaultContentType;
  if (Object.hasOwn(commonTypes, extension)) return commonTypes[extension] ?? defaultContentType;
  return (await fromTables(extension)) ?? defaultContentType;
}
