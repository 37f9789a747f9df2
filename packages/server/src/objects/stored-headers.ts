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

const SYSTEM_HEADER_ENTRIES = Object.entries(SYSTEM_HEADERS) as [
  SystemHeader,
  (typeof SYSTEM_HEADERS)[SystemHeader],
][];

/** The type of an object whose upload named none. */
const DEFAULT_CONTENT_TYPE = 'application/octet-stream';

/** The headers that are kept with an object and answered when it is read, in their wire form. */
export function storedHeaders(upload: UploadHeaders): [name: string, value: string][] {
  const headers: [string, string][] = [];
  for (const [name, property] of SYSTEM_HEADER_ENTRIES) {
    const value =
      upload[property] ?? (property === 'contentType' ? DEFAULT_CONTENT_TYPE : undefined);
    if (value !== undefined) headers.push([name, value]);
  }
  for (const [name, value] of upload.persistentHeaders ?? []) headers.push([name, value]);
  return headers;
}

/** What {@link storedHeaders} kept, by the names that descriptions use; the rest is `persistent`. */
export interface StoredHeaders extends Omit<UploadHeaders, 'persistentHeaders'> {
  readonly persistent: Readonly<Record<string, string>> | undefined;
}

/** Reads what {@link storedHeaders} kept. */
export function readStoredHeaders(
  headers: readonly (readonly [name: string, value: string])[],
): StoredHeaders {
  // Every object that is read passes here: one shape for all of them, and nothing copied.
  const known: { -readonly [Name in keyof StoredHeaders]: StoredHeaders[Name] } = {
    cacheControl: undefined,
    contentDisposition: undefined,
    contentEncoding: undefined,
    contentLanguage: undefined,
    contentType: undefined,
    expires: undefined,
    persistent: undefined,
  };
  let persistent: (readonly [name: string, value: string])[] | undefined;
  for (const header of headers) {
    const [name, value] = header;
    if (Object.hasOwn(SYSTEM_HEADERS, name)) known[SYSTEM_HEADERS[name as SystemHeader]] = value;
    else {
      persistent ??= [];
      persistent.push(header);
    }
  }
  if (persistent !== undefined) known.persistent = Object.fromEntries(persistent);
  return known;
}
