import type { Page } from '@openoss/directory';
import type { Answer } from '../answer/answer-value.js';

/** An instant, in milliseconds since 1970, as `2026-11-26T16:30:00Z`. */
export const shownDate = (instant: number): string =>
  `${new Date(instant).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;

/** What stands beside a part of a list. */
export const shownPage = ({ isTruncated, marker }: Page<unknown>): Answer => ({
  IsTruncated: isTruncated,
  Marker: marker,
});

/** The same without the date of the last change, as operations that create something answer. */
export const asCreated = ({ UpdateDate: _, ...created }: Answer): Answer => created;
