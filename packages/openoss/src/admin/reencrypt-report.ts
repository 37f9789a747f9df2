import type { AdminEdge } from './admin-edge.js';
import { type Output, shownCell } from './output.js';

/** How far it is. Bytes are those of the objects. */
export interface ReencryptProgress {
  /** All objects up to this key are done. */
  readonly Position?: string;
  readonly Objects: number;
  readonly Bytes: number;
  readonly Rewrapped: number;
  readonly Rewritten: number;
  readonly Already: number;
  readonly Overtaken: number;
  readonly Failed: number;
  /** What the bucket held at the start, where it is all to be done. */
  readonly TotalObjects?: number;
  readonly TotalBytes?: number;
}

/** One line of what the server answers. */
export type ReencryptLine =
  | { readonly Type: 'begin' }
  | ({ readonly Type: 'progress' } & ReencryptProgress)
  | {
      readonly Type: 'failure';
      readonly Key: string;
      readonly Code: string;
      readonly Message: string;
    }
  | ({
      readonly Type: 'summary';
      readonly Complete: boolean;
      readonly Code?: string;
      readonly Message?: string;
      readonly Milliseconds: number;
    } & ReencryptProgress)
  | { readonly Type: 'error'; readonly Code: string; readonly Message: string };

/** Where nobody watches, a line of progress is worth its place so often, in milliseconds. */
const UNWATCHED_EVERY = 10_000;
const CLEAR = '\r\u001b[K';

/** Prints what a re-encryption tells. */
export class ReencryptReport {
  readonly #out: Output;
  readonly #edge: Pick<AdminEdge, 'err' | 'isWatched'>;
  readonly #bucket: string;
  readonly #now: () => number;
  readonly #startedAt: number;
  #position: string | undefined;
  #saidAt: number;
  /** Whether the server has told that it began, and that it ended. */
  #state: 'asked' | 'begun' | 'ended' = 'asked';
  #isDone = false;

  constructor(
    out: Output,
    edge: Pick<AdminEdge, 'err' | 'isWatched'>,
    { bucket, after }: { readonly bucket: string; readonly after: string | undefined },
    now = Date.now,
  ) {
    this.#out = out;
    this.#edge = edge;
    this.#bucket = bucket;
    this.#position = after;
    this.#now = now;
    this.#startedAt = now();
    this.#saidAt = this.#startedAt;
  }

  /** Whether all was done that was asked for. */
  get isDone(): boolean {
    return this.#isDone;
  }

  line(line: ReencryptLine): void {
    switch (line.Type) {
      case 'begin':
        this.#state = 'begun';
        return;
      case 'progress':
        this.#position = line.Position;
        this.#out.line(line, undefined);
        this.#progress(line);
        return;
      case 'failure':
        this.#clear();
        this.#out.line(line, `FAILED  ${shownCell(line.Key)}: ${line.Code}: ${line.Message}`);
        return;
      case 'summary':
        this.#state = 'ended';
        this.#position = line.Position;
        this.#isDone = line.Complete && line.Failed === 0;
        this.#clear();
        this.#out.line(line, summaryOf(line));
        if (!line.Complete) this.#ended(`${line.Code}: ${line.Message}`, { ...line });
        return;
      case 'error':
        this.#clear();
        this.#ended(`${line.Code}: ${line.Message}`, { ...line });
    }
  }

  /** There is nothing more to come: what was begun, and has told of no end, was broken off. */
  over(): void {
    if (this.#state !== 'begun') return;
    this.#clear();
    this.#ended('it was broken off', { Code: 'BrokenOff', Position: this.#position });
  }

  #ended(reason: string, document: object): void {
    this.#state = 'ended';
    const at = this.#position;
    const again = ['openoss admin reencrypt', this.#bucket, '…'];
    if (at !== undefined) again.push(`--after=${shellWord(at)}`);
    this.#out.failure(
      document,
      `${reason}\nNothing is lost. To go on where it was, the same again: ${again.join(' ')}`,
    );
  }

  #progress(progress: ReencryptProgress): void {
    const now = this.#now();
    const text = progressText(progress, now - this.#startedAt);
    if (this.#edge.isWatched) {
      this.#edge.err.write(`${CLEAR}${text}`);
      return;
    }
    if (now - this.#saidAt < UNWATCHED_EVERY) return;
    this.#saidAt = now;
    this.#edge.err.write(`${text}\n`);
  }

  #clear(): void {
    if (this.#edge.isWatched) this.#edge.err.write(CLEAR);
  }
}

/** How far it is, how fast, and how long it will take, where that can be known. */
export function progressText(
  { Objects, Bytes, Failed, TotalObjects, TotalBytes }: ReencryptProgress,
  milliseconds: number,
): string {
  const seconds = milliseconds / 1000;
  const rate = seconds === 0 ? '' : `, ${sizeText(Bytes / seconds)}/s`;
  const failed = Failed === 0 ? '' : `, ${Failed} FAILED`;
  if (TotalObjects === undefined || TotalBytes === undefined) {
    return `${Objects} objects, ${sizeText(Bytes)}${rate}${failed}`;
  }
  const done = Math.min(shareOf(Objects, TotalObjects), shareOf(Bytes, TotalBytes));
  const left = done === 0 ? '' : `, ${durationText((seconds * (1 - done)) / done)} left`;
  return `${Objects} of ${TotalObjects} objects, ${sizeText(Bytes)} of ${sizeText(TotalBytes)}${rate}${left}${failed}`;
}

/** Clients go on: there may be more in the end than there was at the start. */
const shareOf = (part: number, whole: number): number =>
  whole === 0 ? 1 : Math.min(1, part / whole);

function summaryOf(
  summary: ReencryptProgress & { readonly Milliseconds: number; readonly Complete: boolean },
): string {
  const { Objects, Bytes, Rewrapped, Rewritten, Already, Overtaken, Failed, Milliseconds } =
    summary;
  const all = `${Objects} objects, ${sizeText(Bytes)}, in ${durationText(Milliseconds / 1000)}`;
  const parts = [
    `${Rewrapped} with their data keys encrypted anew`,
    `${Rewritten} with their bodies encrypted anew`,
    `${Already} as wanted already`,
    `${Overtaken} put or deleted by somebody else meanwhile`,
    `${Failed} failed`,
  ];
  return `${summary.Complete ? 'Done' : 'Not done'}: ${all}:\n  ${parts.join('\n  ')}`;
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size.toFixed(unit === 0 ? 0 : 1)} ${UNITS[unit]}`;
}

function durationText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A key as a shell takes it. What a terminal would obey is written as bash reads it. */
function shellWord(text: string): string {
  if (/^[\w./@%+=:-]+$/.test(text)) return text;
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text
    .replace(/['\\]/g, '\\$&')
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (character) =>
      [...Buffer.from(character)]
        .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
        .join(''),
    );
  return `$'${escaped}'`;
}
