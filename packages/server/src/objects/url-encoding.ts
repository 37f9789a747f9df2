/**
 * How names are written in an answer: as they are, or with `encoding-type=url` percent-encoded, so
 * that characters which XML cannot carry survive. The slash is kept, as OSS does.
 */
export function urlEncoding(encodingType: 'url' | undefined): (name: string) => string {
  return encodingType === undefined ? (name) => name : encodeName;
}

function encodeName(name: string): string {
  // encodeURIComponent leaves !'()* alone; OSS's clients decode either form.
  return encodeURIComponent(name)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
