import type { Finding, ScrubProgress, ScrubSummary } from '@openoss/server';

/** The exit statuses of `openoss scrub` and `openoss fsck`, besides 1 for wrong usage. */
export const SCRUB_STATUS = { clean: 0, couldNotCheck: 2, nothingLost: 3, damaged: 4 } as const;

export const SCRUB_STATUS_HELP = `Exit status: 0 nothing was found; 1 wrong usage; 2 it could not be checked, or not to the end;
3 something was found, but nothing is lost that was not put right; 4 there is damage
(docs/operating.md says what to do about each kind).
`;

/** Where a report goes. */
export interface ReportStreams {
  readonly out: { write(text: string): unknown };
  /** For how far it is; undefined where nobody watches. */
  readonly progress: { write(text: string): unknown } | undefined;
}

/** Prints what a scrub finds, as text or as one JSON document a line. */
export class ScrubReport {
  readonly #streams: ReportStreams;
  readonly #json: boolean;
  #damageLeft = 0;
  #found = 0;

  constructor(streams: ReportStreams, json: boolean) {
    this.#streams = streams;
    this.#json = json;
  }

  finding(finding: Finding): void {
    this.#found++;
    if (finding.severity === 'damage' && !finding.repaired) this.#damageLeft++;
    if (this.#json) {
      this.#line({ type: 'finding', ...finding });
      return;
    }
    const { severity, repaired, bucket, key, what, meaning, advice } = finding;
    const place = [
      bucket === undefined ? [] : [`bucket ${shown(bucket)}`],
      key === undefined ? [] : [`key ${shown(key)}`],
    ].flat();
    const label = repaired ? 'REPAIRED' : severity.toUpperCase();
    const where = place.length === 0 ? '' : `${place.join(', ')}: `;
    this.#clearProgress();
    this.#streams.out.write(`${label.padEnd(9)}${where}${what}\n`);
    if (repaired) return;
    this.#streams.out.write(`         meaning: ${meaning}\n         what to do: ${advice}\n`);
  }

  progress(progress: ScrubProgress): void {
    if (this.#json) {
      this.#line({ type: 'progress', ...progress });
      return;
    }
    const { at, records, bodies, bytes, findings } = progress;
    this.#streams.progress?.write(
      `\r\u001b[K${at}: ${records} records, ${bodies} bodies, ${mib(bytes)} MiB, ${findings} findings`,
    );
  }

  /** Prints the last lines; returns the exit status. */
  summary(summary: ScrubSummary): number {
    this.#clearProgress();
    if (this.#json) this.#line({ type: 'summary', ...summary });
    else this.#streams.out.write(`${sentence(summary)}\n`);
    if (this.#damageLeft > 0) return SCRUB_STATUS.damaged;
    return this.#found > 0 ? SCRUB_STATUS.nothingLost : SCRUB_STATUS.clean;
  }

  /** It did not come to its end. */
  failure(message: string): number {
    this.#clearProgress();
    if (this.#json) this.#line({ type: 'error', message });
    else process.stderr.write(`openoss: ${message}\n`);
    return SCRUB_STATUS.couldNotCheck;
  }

  #line(document: object): void {
    this.#streams.out.write(`${JSON.stringify(document)}\n`);
  }

  #clearProgress(): void {
    if (!this.#json) this.#streams.progress?.write('\r\u001b[K');
  }
}

/** The streams of this process: progress is for a terminal only. */
export function processStreams(): ReportStreams {
  return { out: process.stdout, progress: process.stderr.isTTY ? process.stderr : undefined };
}

function sentence(summary: ScrubSummary): string {
  const { buckets, records, bodies, bytes, milliseconds, damage, waste, repaired } = summary;
  const looked = `${buckets} buckets, ${records} records, ${bodies} bodies, ${mib(bytes)} MiB in ${(milliseconds / 1000).toFixed(1)} s`;
  if (damage + waste === 0) return `Clean: ${looked}.`;
  return `Found ${damage} damaged and ${waste} needless, ${repaired} of them put right: ${looked}.`;
}

const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 1 : 0);

/** A key can hold anything; a terminal is not to obey it. */
function shown(text: string): string {
  return /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(text) ? text : JSON.stringify(text);
}
