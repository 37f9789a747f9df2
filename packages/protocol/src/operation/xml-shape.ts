import type { Codec } from './codec.js';

/** The value type a member or shape stands for; never present at run time. */
export declare const valueType: unique symbol;

/** One child of an element, described: how it is called, what it holds, how often it stands there. */
export interface XmlMember<T = unknown, Optional extends boolean = boolean> {
  readonly name: string;
  readonly optional: Optional;
  readonly content: XmlContent;
  /** Set for a repeated child; `wrapper` is the element that holds the repetition, if any. */
  readonly repeated?: { readonly wrapper: string | undefined };
  readonly [valueType]?: T;
}

/** What stands inside an element: text in a codec's form, or children. */
export type XmlContent =
  | { readonly kind: 'text'; readonly codec: Codec<never> }
  | { readonly kind: 'members'; readonly members: XmlMembers };

/** The children of an element, by the name they have in a program. */
export type XmlMembers = Readonly<Record<string, XmlMember>>;

/** The value that described children stand for. */
export type MembersValue<M extends XmlMembers> = {
  readonly [K in keyof M as M[K]['optional'] extends true ? never : K]: NonNullable<
    M[K][typeof valueType]
  >;
} & {
  readonly [K in keyof M as M[K]['optional'] extends true ? K : never]?:
    | NonNullable<M[K][typeof valueType]>
    | undefined;
};

/** A whole XML document: its root element and what stands in it. */
export interface XmlShape<T = unknown> {
  readonly root: string;
  readonly content: XmlContent;
  readonly [valueType]?: T;
}

interface Optionality<O extends boolean> {
  readonly optional?: O;
}

/** A child that holds text. */
export function child<T, const O extends boolean = false>(
  name: string,
  codec: Codec<T>,
  options: Optionality<O> = {},
): XmlMember<T, O> {
  return { name, optional: (options.optional ?? false) as O, content: textContent(codec) };
}

/** A child that holds children. */
export function struct<const M extends XmlMembers, const O extends boolean = false>(
  name: string,
  members: M,
  options: Optionality<O> = {},
): XmlMember<MembersValue<M>, O> {
  return {
    name,
    optional: (options.optional ?? false) as O,
    content: { kind: 'members', members },
  };
}

/** A repeated child; an absent one is an empty list. With `wrapper`, the repetition stands inside that element. */
export function list<const M extends XmlMembers>(
  name: string,
  members: M,
  options: { readonly wrapper?: string } = {},
): XmlMember<readonly MembersValue<M>[], false> {
  return {
    name,
    optional: false,
    content: { kind: 'members', members },
    repeated: { wrapper: options.wrapper },
  };
}

/** The description of a document whose root is `root`. */
export function xmlShape<const M extends XmlMembers>(
  root: string,
  members: M,
): XmlShape<MembersValue<M>> {
  return { root, content: { kind: 'members', members } };
}

/** The description of a document whose root holds nothing but text. */
export function xmlTextShape<T>(root: string, codec: Codec<T>): XmlShape<T> {
  return { root, content: textContent(codec) };
}

function textContent<T>(codec: Codec<T>): XmlContent {
  // A member is read and written with the same codec, so its value type never leaves the pair.
  return { kind: 'text', codec: codec as Codec<never> };
}
