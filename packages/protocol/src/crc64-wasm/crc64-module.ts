/**
 * CRC-64/XZ as a program in WebAssembly.
 *
 * A CRC is the remainder of the body, taken as a polynomial, by one of degree 64 with 34 terms. One may
 * first take the remainder by any multiple of that, and there is one of degree 1403 with eight terms.
 * Squared it is a multiple still, and over bits a square has the same terms with twice the exponents:
 * three squarings make bits bytes. So to take a byte out of the body is to add it (XOR) to seven later bytes at fixed
 * distances, and when none of them is nearer than 16, sixteen bytes go at a time: no look-up, no carry-less
 * multiplication, which WebAssembly has not. What remains is as long as the longest distance; a multiple
 * with more terms and shorter distances makes that shorter again, and tables do the rest.
 * This is Chorba, for another polynomial and in bytes: https://arxiv.org/abs/2412.16398
 */
import * as wasm from './wasm-code.js';

type Code = wasm.Code;
const { constant32, constant64, get, set, load64, xor64, shiftRight64, repeatWhile } = wasm;

/** ECMA-182, reflected: the lowest bit is that of the highest power. */
const POLYNOMIAL = 0xc96c5795d7870f42n;

/**
 * A multiple of the polynomial: how many bytes behind a byte that is taken out those are which it is
 * added to. Found by looking for sets of powers of x whose remainders add to nothing. That the first
 * distance is a hundred and not 16 keeps processors from reading what they have not stored yet.
 */
interface SparseMultiple {
  readonly distances: readonly number[];
  /** The longest of them, which is about how much remains. */
  readonly reach: number;
  /** From how many bytes on this is faster than to go without; more than `reach` + 16. */
  readonly fromBytes: number;
}

export const FAR: SparseMultiple = {
  distances: [117, 152, 241, 395, 894, 1250, 1403],
  reach: 1403,
  fromBytes: 3500,
};
export const NEAR: SparseMultiple = {
  distances: [96, 98, 108, 127, 144, 151, 174, 200, 267, 282, 303],
  reach: 303,
  fromBytes: 500,
};

const WORD = 8;
const VECTOR = 16;
/** So many words are looked up side by side: the processor need not wait for one to begin the next. */
const LANES = 3;
const BLOCK = LANES * WORD;
/** One table: 256 registers. */
const TABLE = 256 * WORD;

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;
/** Vectors end up to so many bytes behind what they are about. */
const SLACK = 64;

// The memory. What a multiple is taken from has zeros before it as far as it reaches.
const TABLES_END = BLOCK * TABLE;
const FAR_REST_AT = TABLES_END + aligned(NEAR.reach);
const NEAR_REST_AT = FAR_REST_AT + aligned(FAR.reach + SLACK);
const ZEROS_AT = NEAR_REST_AT + aligned(NEAR.reach + SLACK);

/** Where the bytes of the body go, from here to 7 bytes behind. */
export const WINDOW_AT = ZEROS_AT + aligned(FAR.reach);
/** How many go at a time: few enough for the caches next to the processor. */
export const WINDOW_BYTES = 128 * 1024;

const MAKE_TABLES = 0;
const LOOK_UP = 1;
const TAKE_FAR = 2;
const TAKE_NEAR = 3;
const FOLD = 4;

/** The address of the entry of a byte of a word in the first table. */
function entryOf(word: Code, byte: number): Code {
  const shift = 8 * byte - 3;
  const scaled =
    shift < 0
      ? wasm.shiftLeft64(word, constant64(3n))
      : shiftRight64(word, constant64(BigInt(shift)));
  return wasm.lowerHalf(wasm.and64(scaled, constant64(0xffn << 3n)));
}

const step = (local: number, bytes: number): Code =>
  set(local, wasm.add32(get(local), constant32(bytes)));

/** Table n has, for each byte, the register after that byte and n bytes of zero. */
function makeTables(): wasm.WasmFunction {
  const [at, register] = [0, 1];
  const nextBit = xor64(
    shiftRight64(get(register), constant64(1n)),
    wasm.and64(
      constant64(POLYNOMIAL),
      wasm.subtract64(constant64(0n), wasm.and64(get(register), constant64(1n))),
    ),
  );
  const nextByte = xor64(
    shiftRight64(get(register), constant64(8n)),
    load64(entryOf(get(register), 0)),
  );
  return {
    parameters: [],
    results: [],
    locals: [wasm.I32, wasm.I64],
    body: [
      repeatWhile(
        wasm.isLess32(get(at), constant32(TABLE)),
        set(register, shiftRight64(wasm.widened(get(at)), constant64(3n))),
        ...new Array<Code>(8).fill(set(register, nextBit)),
        wasm.store64(get(at), get(register)),
        step(at, WORD),
      ),
      set(at, constant32(0)),
      repeatWhile(
        wasm.isLess32(get(at), constant32(TABLES_END - TABLE)),
        set(register, load64(get(at))),
        wasm.store64(get(at), nextByte, TABLE),
        step(at, WORD),
      ),
    ],
  };
}

/** The register after the bytes between two addresses, by tables. */
function lookUp(): wasm.WasmFunction {
  const [register, at, end, word] = [0, 1, 2, 3];
  const lanes = Array.from({ length: LANES }, (_, lane) => ({
    register: 4 + lane,
    offset: lane * WORD,
  }));
  const left = wasm.subtract32(get(end), get(at));
  /** What `word` leaves in the register after itself and some bytes of zero. */
  const wordAndZeros = (zeros: number): Code =>
    Array.from({ length: WORD }, (_, byte) =>
      load64(entryOf(get(word), byte), (zeros + WORD - 1 - byte) * TABLE),
    ).reduce((sum, entry) => xor64(sum, entry));
  return {
    parameters: [wasm.I64, wasm.I32, wasm.I32],
    results: [wasm.I64],
    locals: [wasm.I64, ...lanes.map(() => wasm.I64)],
    body: [
      wasm.when(
        wasm.isAtLeast32(left, constant32(BLOCK)),
        set(lanes[0]?.register ?? register, get(register)),
        // Each lane goes from its word in a block to its word in the next, as if between were zeros.
        repeatWhile(
          wasm.isAtLeast32(left, constant32(2 * BLOCK)),
          ...lanes.flatMap((lane) => [
            set(word, xor64(get(lane.register), load64(get(at), lane.offset))),
            set(lane.register, wordAndZeros(BLOCK - WORD)),
          ]),
          step(at, BLOCK),
        ),
        // In the last block they become one.
        set(register, constant64(0n)),
        ...lanes.flatMap((lane) => [
          set(word, xor64(xor64(get(register), get(lane.register)), load64(get(at), lane.offset))),
          set(register, wordAndZeros(0)),
        ]),
        step(at, BLOCK),
      ),
      repeatWhile(
        wasm.isAtLeast32(left, constant32(WORD)),
        set(word, xor64(get(register), load64(get(at)))),
        set(register, wordAndZeros(0)),
        step(at, WORD),
      ),
      repeatWhile(
        wasm.isLess32(get(at), get(end)),
        set(word, xor64(get(register), wasm.loadByteAs64(get(at)))),
        set(
          register,
          xor64(shiftRight64(get(register), constant64(8n)), load64(entryOf(get(word), 0))),
        ),
        step(at, 1),
      ),
      get(register),
    ],
  };
}

/**
 * Takes a multiple from the bytes between two addresses, writes what remains to a third, and answers
 * with the end of that. The bytes are lost.
 */
function take({ distances, reach }: SparseMultiple): wasm.WasmFunction {
  // `from` is `reach` before what it is about, so that no offset is negative.
  const [from, end, to, stop] = [0, 1, 2, 3];
  // What a byte is when its turn comes: itself and those taken out before it, each at its distance.
  const byNow = [0, ...distances]
    .map((distance) => wasm.load128(get(from), reach - distance))
    .reduce((sum, earlier) => wasm.xor128(sum, earlier));
  const back = (local: number): Code => set(local, wasm.subtract32(get(local), constant32(reach)));
  return {
    parameters: [wasm.I32, wasm.I32, wasm.I32],
    results: [wasm.I32],
    locals: [wasm.I32],
    body: [
      back(end),
      // As many whole vectors as have all their distances within the body.
      set(
        stop,
        wasm.add32(
          wasm.subtract32(get(from), constant32(reach)),
          wasm.and32(wasm.subtract32(get(end), get(from)), constant32(-VECTOR)),
        ),
      ),
      back(from),
      repeatWhile(
        wasm.isLess32(get(from), get(stop)),
        wasm.store128(get(from), byNow, reach),
        step(from, VECTOR),
      ),
      // The others stay. Zeros take their place: they are not added to those behind them.
      repeatWhile(
        wasm.isLess32(get(from), get(end)),
        wasm.store128(get(to), byNow),
        wasm.store128(get(from), wasm.zero128, reach),
        step(from, VECTOR),
        step(to, VECTOR),
      ),
      wasm.add32(get(to), wasm.subtract32(get(end), get(from))),
    ],
  };
}

/** The register after the bytes between two addresses in the window, which are lost. */
function fold(): wasm.WasmFunction {
  const [register, at, end] = [0, 1, 2];
  const whenAtLeast = (bytes: number, ...then: readonly Code[]): Code =>
    wasm.when(wasm.isAtLeast32(wasm.subtract32(get(end), get(at)), constant32(bytes)), ...then);
  const takeTo = (taken: number, rest: number): readonly Code[] => [
    set(end, wasm.call(taken, get(at), get(end), constant32(rest))),
    set(at, constant32(rest)),
  ];
  return {
    parameters: [wasm.I64, wasm.I32, wasm.I32],
    results: [wasm.I64],
    locals: [],
    body: [
      whenAtLeast(
        NEAR.fromBytes,
        // A window that was used from its very beginning may have left something before this one.
        wasm.store64(wasm.subtract32(get(at), constant32(WORD)), constant64(0n)),
        // A register is the same as none and a body whose first bytes have it added.
        wasm.store64(get(at), xor64(get(register), load64(get(at)))),
        set(register, constant64(0n)),
        whenAtLeast(FAR.fromBytes, ...takeTo(TAKE_FAR, FAR_REST_AT)),
        ...takeTo(TAKE_NEAR, NEAR_REST_AT),
      ),
      wasm.call(LOOK_UP, get(register), get(at), get(end)),
    ],
  };
}

/**
 * The bytes of the module. It exports `memory` and `fold(register: i64, at: i32, end: i32): i64`, which
 * gives the register (the checksum with every bit turned round) after the bytes between two addresses;
 * they begin at most 7 bytes behind {@link WINDOW_AT} and are at most {@link WINDOW_BYTES}.
 */
export function crc64Module(): Uint8Array {
  return wasm.assemble({
    functions: [makeTables(), lookUp(), take(FAR), take(NEAR), fold()],
    memoryBytes: WINDOW_AT + WORD + WINDOW_BYTES + SLACK,
    start: MAKE_TABLES,
    exports: { fold: FOLD },
  });
}
