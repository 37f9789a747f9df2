import { byteSize } from './byte-size.js';

/** How far a transfer has come. */
export interface ProgressState {
  /** Bytes sent in this attempt. */
  readonly sent: number;
  /** Bytes to send; undefined when nobody knows. */
  readonly total: number | undefined;
  /** Bytes a second, undefined before there is anything to measure. */
  readonly rate: number | undefined;
}

/** Seconds as `7s`, `3m07s`, `2h05m`; nothing sensible beyond a few days. */
function timeLeft(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds > 359_999) return '--';
  const whole = Math.ceil(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
}

function bar(fraction: number, width: number): string {
  const filled = Math.round(fraction * width);
  return `[${'='.repeat(filled)}${' '.repeat(width - filled)}]`;
}

const leastBarWidth = 10;
const mostBarWidth = 40;

/**
 * The progress of a transfer in one line of at most `columns` characters. What does not fit is left
 * out, the bar first, then the time left and the rate.
 */
export function progressLine(state: ProgressState, columns: number): string {
  const { sent, total, rate } = state;
  const speed = rate === undefined ? '' : `${byteSize(rate)}/s`;
  if (total === undefined || total <= 0) {
    return [byteSize(sent), speed]
      .filter((part) => part !== '')
      .join('  ')
      .slice(0, columns);
  }
  const fraction = Math.min(1, sent / total);
  // Not 100% before the last byte.
  const percent = `${Math.floor(fraction * 100)}%`.padStart(4);
  const amount = `${byteSize(Math.min(sent, total))} / ${byteSize(total)}`;
  const left = rate === undefined || rate <= 0 ? '' : `${timeLeft((total - sent) / rate)} left`;
  const choices = [
    [percent, amount, speed, left],
    [percent, amount, speed],
    [percent, amount],
    [percent],
  ];
  for (const parts of choices) {
    const text = parts.filter((part) => part !== '').join('  ');
    const barWidth = Math.min(mostBarWidth, columns - text.length - 4);
    if (parts.length === 4 && barWidth >= leastBarWidth)
      return `${bar(fraction, barWidth)}  ${text}`;
    if (text.length <= columns) return text;
  }
  return percent.slice(0, columns);
}
