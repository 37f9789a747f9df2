/**
 * As much of WebAssembly's binary format as `crc64-module.ts` needs: each function makes the bytes of
 * one expression or statement out of those of its parts, so that a program reads from the outside in.
 * https://webassembly.github.io/spec/core/binary/
 */

/** The bytes of some code, in parts of parts: they are put into one row only when all are there. */
export type Code = number | readonly Code[];

/** Types of values: 32 and 64 bits. Vectors of 128 bits are only ever on their way. */
export const I32 = 0x7f;
export const I64 = 0x7e;

const NO_RESULT = 0x40;
const END = 0x0b;

/** Counts, indexes and offsets: LEB128 without a sign. */
function unsigned(value: number): Code {
  return value < 0x80 ? value : [(value & 0x7f) | 0x80, unsigned(value >>> 7)];
}

/** Constants: LEB128 with a sign. */
function signed(value: number): Code {
  if (value >= -64 && value < 64) return value & 0x7f;
  return [(value & 0x7f) | 0x80, signed(value >> 7)];
}

function signed64(value: bigint): Code {
  const small = Number(value);
  if (small === (small | 0)) return signed(small);
  return [Number(value & 0x7fn) | 0x80, signed64(value >> 7n)];
}

export const constant32 = (value: number): Code => [0x41, signed(value)];
export const constant64 = (value: bigint): Code => [0x42, signed64(BigInt.asIntN(64, value))];
export const zero128: Code = [0xfd, 12, new Array<number>(16).fill(0)];

export const get = (local: number): Code => [0x20, local];
export const set = (local: number, value: Code): Code => [value, 0x21, local];

type Load = (address: Code, offset?: number) => Code;
type Store = (address: Code, value: Code, offset?: number) => Code;

/** Memory is little-endian and need not be aligned; an offset is added to the address. */
const load =
  (...opcode: readonly number[]): Load =>
  (address, offset = 0) => [address, opcode, 0, unsigned(offset)];
const store =
  (...opcode: readonly number[]): Store =>
  (address, value, offset = 0) => [address, value, opcode, 0, unsigned(offset)];

export const load64 = load(0x29);
export const loadByteAs64 = load(0x31);
export const load128 = load(0xfd, 0);
export const store64 = store(0x37);
export const store128 = store(0xfd, 11);

const operator =
  (...opcode: readonly number[]) =>
  (...operands: readonly Code[]): Code => [operands, opcode];

/** Numbers without a sign. */
export const isLess32 = operator(0x49);
export const isAtLeast32 = operator(0x4f);
export const add32 = operator(0x6a);
export const subtract32 = operator(0x6b);
export const and32 = operator(0x71);
export const subtract64 = operator(0x7d);
export const and64 = operator(0x83);
export const xor64 = operator(0x85);
export const shiftLeft64 = operator(0x86);
export const shiftRight64 = operator(0x88);
export const xor128 = operator(0xfd, 0x51);
/** The lower half of 64 bits, and 64 bits with nothing in the upper half. */
export const lowerHalf = operator(0xa7);
export const widened = operator(0xad);

export const call = (called: number, ...values: readonly Code[]): Code => [values, 0x10, called];

export const when = (condition: Code, ...then: readonly Code[]): Code => [
  [condition, 0x04, NO_RESULT],
  then,
  END,
];

/** Does something as long as a condition holds, which is looked at first. */
export const repeatWhile = (condition: Code, ...body: readonly Code[]): Code =>
  when(condition, [0x03, NO_RESULT], body, condition, [0x0d, 0, END]);

/** A function. Its locals go by numbers: first what it takes, then the others, which begin as 0. */
export interface WasmFunction {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
  readonly locals: readonly number[];
  readonly body: Code;
}

/** A module. Its functions go by numbers; all of its memory is seen outside, as `memory`. */
export interface WasmModule {
  readonly functions: readonly WasmFunction[];
  readonly memoryBytes: number;
  /** The function that runs when an instance is made. */
  readonly start: number;
  /** The functions that are seen outside. */
  readonly exports: Readonly<Record<string, number>>;
}

const PAGE_BYTES = 64 * 1024;

/** In one row: by Node.js' own way, for this runs once, before any loop of ours is compiled. */
function bytesOf(code: Code): number[] {
  const parts: readonly unknown[] = [code];
  return parts.flat(Infinity) as number[];
}

function sized(content: Code): Code {
  const bytes = bytesOf(content);
  return [unsigned(bytes.length), bytes];
}

const list = (items: readonly Code[]): Code => [unsigned(items.length), items];
const text = (ascii: string): Code => sized([...Buffer.from(ascii, 'ascii')]);
const section = (id: number, content: Code): Code => [id, sized(content)];

/** The bytes of a module. */
export function assemble({ functions, memoryBytes, start, exports }: WasmModule): Uint8Array {
  const types = functions.map(({ parameters, results }) => [0x60, list(parameters), list(results)]);
  const bodies = functions.map(({ locals, body }) =>
    sized([list(locals.map((type) => [1, type])), body, END]),
  );
  const exported = Object.entries(exports).map(([name, at]) => [text(name), 0, at]);
  const module = [
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, list(types)),
    section(3, list(functions.map((_, at) => at))),
    section(5, list([[0, unsigned(Math.ceil(memoryBytes / PAGE_BYTES))]])),
    section(7, list([[text('memory'), 2, 0], ...exported])),
    section(8, start),
    section(10, list(bodies)),
  ];
  return Uint8Array.from(bytesOf(module));
}
