/** Each power of two of microseconds is divided into this many buckets: an error of at most 1.6 %. */
const BUCKETS_PER_OCTAVE = 64;
/** Below this many microseconds every one has a bucket of its own. */
const EXACT_BELOW = BUCKETS_PER_OCTAVE;
/** Enough octaves above that for 2^36 µs, 19 hours; what is longer counts as that. */
const OCTAVES = 30;

/**
 * Counts latencies in buckets whose width grows with the value, so that recording one is an addition
 * to an array whatever their number: it must cost nothing beside the request that it measures.
 */
export class LatencyHistogram {
  #counts = new Float64Array(EXACT_BELOW + OCTAVES * BUCKETS_PER_OCTAVE);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** How many were recorded. */
  get count() {
    return this.#count;
  }

  /** The mean in microseconds; 0 of none. */
  get mean() {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** The largest in microseconds, exact. */
  get max() {
    return this.#max;
  }

  /**
   * @param {number} microseconds
   * @returns {void}
   */
  record(microseconds) {
    const bucket = bucketOf(microseconds);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sum += microseconds;
    if (microseconds > this.#max) this.#max = microseconds;
  }

  /**
   * The latency that the given share of requests did not exceed, at most 1.6 % too high and never
   * above the largest that was recorded.
   *
   * @param {number} share above 0, at most 1: 0.99 for the 99th percentile
   * @returns {number} microseconds; 0 of none
   */
  percentile(share) {
    if (!(share > 0 && share <= 1)) throw new RangeError(`${share} is not a share`);
    const rank = Math.ceil(share * this.#count);
    let seen = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank) return Math.min(upperEdge(bucket), this.#max);
    }
    return this.#max;
  }
}

/** @param {number} microseconds */
function bucketOf(microseconds) {
  const whole = Math.max(0, Math.floor(microseconds));
  if (whole < EXACT_BELOW) return whole;
  const octave = Math.floor(Math.log2(whole)) - Math.log2(EXACT_BELOW);
  if (octave >= OCTAVES) return EXACT_BELOW + OCTAVES * BUCKETS_PER_OCTAVE - 1;
  const within = Math.floor(whole / 2 ** octave) - EXACT_BELOW;
  return EXACT_BELOW + octave * BUCKETS_PER_OCTAVE + within;
}

/** The largest whole number of microseconds that falls into a bucket. @param {number} bucket */
function upperEdge(bucket) {
  if (bucket < EXACT_BELOW) return bucket;
  const octave = Math.floor((bucket - EXACT_BELOW) / BUCKETS_PER_OCTAVE);
  const within = (bucket - EXACT_BELOW) % BUCKETS_PER_OCTAVE;
  return (EXACT_BELOW + within + 1) * 2 ** octave - 1;
}
