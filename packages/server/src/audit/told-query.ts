import { formatQuery, type QueryParameter } from '@openoss/protocol';

/** What parameters are called that carry a signature, a token, a credential, or what may hold one. */
const SECRET_NAME = /sign|token|secret|credential|password|passwd|authorization|callback/i;

/** A signature within another value: of a URL that was glued together wrongly, or is a value itself. */
const SECRET_VALUE = /(?:signature|token|secret|credential|password)[^&=]{0,32}=/i;

/** A query string without what must not be told; undefined where nothing is left. */
export function toldQuery(query: readonly QueryParameter[]): string | undefined {
  if (query.length === 0) return undefined;
  const told = query.filter(
    ([name, value]) =>
      !SECRET_NAME.test(name) && !(value !== null && SECRET_VALUE.test(decoded(value))),
  );
  return told.length === 0 ? undefined : formatQuery(told);
}

/** A path as it was sent; undefined where a signature seems to be in it. */
export function toldPath(path: string): string | undefined {
  return SECRET_VALUE.test(decoded(path)) ? undefined : path;
}

/**
 * What a client has written where no secret belongs, cut before what seems to be one: in the key of a signed
 * URL whose `?` was encoded, say.
 */
export function toldText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const { index } = SECRET_VALUE.exec(text) ?? {};
  if (index !== undefined) return `${text.slice(0, index)}…`;
  const encoded = text.indexOf('%');
  if (encoded === -1) return text;
  // Up to the first that is encoded, what is decoded is the same.
  const { index: within } = SECRET_VALUE.exec(decoded(text)) ?? {};
  return within === undefined ? text : `${text.slice(0, Math.min(within, encoded))}…`;
}

/** What was encoded twice could hide something. */
function decoded(value: string): string {
  try {
    return value.includes('%') ? decodeURIComponent(value) : value;
  } catch {
    return value;
  }
}
