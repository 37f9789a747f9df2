/** An address as the numbers it is: one word for IPv4, four for IPv6, each of 32 bits. */
export type IpAddress =
  | { readonly family: 4; readonly words: readonly [number] }
  | { readonly family: 6; readonly words: readonly [number, number, number, number] };

/**
 * A set of addresses: those that agree with `words` wherever `masks` has a bit. `prefix` is the length of
 * the mask, undefined where wildcards made it.
 */
export interface IpRange {
  /** Undefined: every address of either family. */
  readonly family: 4 | 6 | undefined;
  readonly words: readonly number[];
  readonly masks: readonly number[];
  readonly prefix: number | undefined;
}

const DIGITS = /^\d{1,3}$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
const EVERY_ADDRESS: IpRange = { family: undefined, words: [], masks: [], prefix: undefined };

/**
 * Reads an address. An IPv4 address in IPv6 form (`::ffff:10.0.0.1`, what a socket of both families says)
 * is the IPv4 address; a zone (`fe80::1%eth0`) is left out. Undefined if it is no address.
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(':')) {
    const word = parseIpv4(text);
    return word === undefined ? undefined : { family: 4, words: [word] };
  }
  const zone = text.indexOf('%');
  const words = parseIpv6(zone === -1 ? text : text.slice(0, zone));
  if (words === undefined) return undefined;
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) {
    return { family: 4, words: [words[3]] };
  }
  return { family: 6, words };
}

/**
 * Reads what policies say of addresses: one address, a CIDR block, an IPv4 address with `*` for whole parts
 * (`101.*.*.100`), or `*` alone. Undefined if it is none of them.
 */
export function parseIpRange(text: string): IpRange | undefined {
  if (text === '*') return EVERY_ADDRESS;
  if (text.includes('*')) return parseIpv4Pattern(text);
  const slash = text.indexOf('/');
  const address = parseIpAddress(slash === -1 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const bits = address.words.length * 32;
  let prefix = bits;
  if (slash !== -1) {
    const length = text.slice(slash + 1);
    if (!DIGITS.test(length)) return undefined;
    prefix = Number(length);
    // The prefix of an IPv4 block in IPv6 form counts the 96 bits in front of it.
    if (address.family === 4 && text.includes(':')) prefix -= 96;
    if (prefix < 0 || prefix > bits) return undefined;
  }
  const masks = address.words.map((_, index) => maskOf(prefix - index * 32));
  return { family: address.family, ...masked(address.words, masks), prefix };
}

/** Whether an address is in a range. */
export function isInRange(range: IpRange, address: IpAddress): boolean {
  if (range.family === undefined) return true;
  if (range.family !== address.family) return false;
  for (let index = 0; index < range.words.length; index++) {
    const word = address.words[index] ?? 0;
    if ((word & (range.masks[index] ?? 0)) >>> 0 !== range.words[index]) return false;
  }
  return true;
}

function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;
}

function masked(
  words: readonly number[],
  masks: readonly number[],
): Pick<IpRange, 'words' | 'masks'> {
  return { words: words.map((word, index) => (word & (masks[index] ?? 0)) >>> 0), masks };
}

function parseIpv4Pattern(text: string): IpRange | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const mask = parts.reduce((bits, part) => ((bits << 8) | (part === '*' ? 0 : 0xff)) >>> 0, 0);
  const word = parseIpv4(parts.map((part) => (part === '*' ? '0' : part)).join('.'));
  if (word === undefined) return undefined;
  return { family: 4, ...masked([word], [mask]), prefix: undefined };
}

function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let word = 0;
  for (const part of parts) {
    // A leading zero means octal to some readers: such an address is not what it looks like.
    if (!DIGITS.test(part) || (part.length > 1 && part.startsWith('0'))) return undefined;
    const value = Number(part);
    if (value > 255) return undefined;
    word = ((word << 8) | value) >>> 0;
  }
  return word;
}

function parseIpv6(text: string): readonly [number, number, number, number] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const word = (index: number) => (((groups[index] ?? 0) << 16) | (groups[index + 1] ?? 0)) >>> 0;
  return [word(0), word(2), word(4), word(6)];
}

function groupsOf(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (isLast && index === parts.length - 1 && part.includes('.')) {
      const word = parseIpv4(part);
      if (word === undefined) return undefined;
      groups.push(word >>> 16, word & 0xffff);
    } else if (GROUP.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}
