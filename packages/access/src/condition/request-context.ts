/**
 * What is known of a request, by condition key: one value, several (a key that may have more than one),
 * or undefined where the request has none. Keys come as {@link conditionKeys} spells them.
 */
export type RequestContext = (key: string) => string | readonly string[] | undefined;

/** The context of which nothing is known. */
export const emptyContext: RequestContext = () => undefined;
