/** RFC 3986 unreserved characters: the only ones that OSS leaves as they are. */
const UNRESERVED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~';

/** What each byte becomes, by its value. Hex digits are upper case: a signature depends on it. */
function escapes(plain: string): readonly string[] {
  return Array.from({ length: 256 }, (_, byte) => {
    const character = String.fromCharCode(byte);
    if (plain.includes(character)) return character;
    return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

/** 1 for each character code that stays itself, 0 for all others. */
function plainCodes(plain: string): Uint8Array {
  const codes = new Uint8Array(256);
  for (let at = 0; at < plain.length; at++) codes[plain.charCodeAt(at)] = 1;
  return codes;
}

const PATH = { plain: plainCodes(`${UNRESERVED}/`), escaped: escapes(`${UNRESERVED}/`) };
const COMPONENT = { plain: plainCodes(UNRESERVED), escaped: escapes(UNRESERVED) };

/** Percent-encodes the UTF-8 of a path, keeping `/`: how OSS writes `/bucket/key` in a URL and in V4. */
export function escapePath(path: string): string {
  return percentEncode(path, PATH);
}

/** Percent-encodes the UTF-8 of a query name or value; `/` and space become `%2F` and `%20`. */
export function escapeQueryComponent(text: string): string {
  return percentEncode(text, COMPONENT);
}

function percentEncode(text: string, table: typeof PATH): string {
  // Nearly everything that is signed needs no escape at all: look before allocating.
  let at = 0;
  while (at < text.length && table.plain[text.charCodeAt(at)] === 1) at++;
  if (at === text.length) return text;
  let escaped = text.slice(0, at);
  for (const byte of Buffer.from(text.slice(at), 'utf8')) escaped += table.escaped[byte];
  return escaped;
}
