import { KmsError } from '../kms-error.js';

/** Seconds. */
export const DAY = 24 * 60 * 60;

/** What KMS takes, and how much an account may have. */
export const LIMITS = {
  dataKeyBytes: 1024,
  plaintextBytes: 6 * 1024,
  descriptionLength: 8192,
  leastRotation: 7 * DAY,
  mostRotation: 730 * DAY,
  leastDeletionDays: 7,
  mostDeletionDays: 366,
  // Of the account and the region; ours.
  keys: 10_000,
  aliases: 10_000,
  versions: 1000,
};

/** Checks the seconds between rotations, if there are to be any; throws KmsError. */
export function checkInterval(interval: number | undefined): void {
  if (interval === undefined) return;
  if (!isWhole(interval, LIMITS.leastRotation, LIMITS.mostRotation)) {
    throw KmsError.invalid('RotationInterval');
  }
}

export const isWhole = (number: number, least: number, most: number): boolean =>
  Number.isInteger(number) && number >= least && number <= most;
