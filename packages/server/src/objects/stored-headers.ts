import type { PersistentHeaders } from '@openoss/protocol';

/** The system headers that an upload can give an object, by the names that descriptions use. */
export interface UploadHeaders {
  readonly cacheControl?: string | undefined;
  readonly contentDisposition?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly contentLanguage?: string | undefined;
  readonly contentType?: string | undefined;
  readonly expires?: string | undefined;
  readonly persistentHeaders?: PersistentHeaders | undefined;
}

const SYSTEM_HEADERS = {
  'Cache-Control': 'cacheControl',
  'Content-Disposition': 'contentDisposition',
  'Content-Encoding': 'contentEncoding',
  'Content-Language': 'contentLanguage',
  'Content-Type': 'contentType',
  Expires: 'expires',
} as const;

type SystemHeader = keyof typeof SYSTEM_HEADERS;

/** The type of an object whose upload named none. */
const DEFAULT_CONTENT_TYPE = 'application/octet-stream';

/** The headers that are kept with an object and answered when it is read, in their wire form. */
export function storedHeaders(upload: UploadHeaders): [name: string, value: string][] {
  const headers: [string, string][] = [];
  for (const [name, property] of Object.entries(SYSTEM_HEADERS) as [
    SystemHeader,
    (typeof SYSTEM_HEADERS)[SystemHeader],
  ][]) {
    const value =
      upload[property] ?? (property === 'contentType' ? DEFAULT_CONTENT_TYPE : undefined);
    if (value !== undefined) headers.push([name, value]);
  }
  for (const [name, value] of upload.persistentHeaders ?? []) headers.push([name, value]);
  return headers;
}

/** What {@link storedHeaders} kept, by the names that descriptions use; the rest is `persistent`. */
export function readStoredHeaders(
  headers: readonly (readonly [name: string, value: string])[],
): Omit<UploadHeaders, 'persistentHeaders'> & {
  readonly persistent: Readonly<Record<string, string>>;
} {
  const known: Record<string, string> = {};
  const persistent: (readonly [name: string, value: string])[] = [];
  for (const header of headers) {
    const [name, value] = header;
    if (Object.hasOwn(SYSTEM_HEADERS, name)) known[SYSTEM_HEADERS[name as SystemHeader]] = value;
    else persistent.push(header);
  }
  return { ...known, persistent: Object.fromEntries(persistent) };
}
