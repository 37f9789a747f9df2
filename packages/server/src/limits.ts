import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

/** What a server takes on, at most, and how long it bears with slow clients. */
export interface ServerLimits {
  /** Open connections; on those beyond, requests are answered with 503. */
  readonly maxConnections: number;
  /** Requests that are served at the same time; those beyond are answered with 503. */
  readonly maxRequests: number;
  /** Bytes of buffers that large transfers hold before they get small ones. */
  readonly transferMemory: number;
  /** Bytes of long documents (XML) that are held whole, on their way in and out. */
  readonly documentMemory: number;
  /** Milliseconds that a TLS handshake, and the head of a request, may take. */
  readonly headTimeout: number;
  /** Milliseconds that a connection may stand idle between requests. */
  readonly keepAliveTimeout: number;
  /** Milliseconds that a body may stand still before its request is given up. */
  readonly idleTimeout: number;
  /**
   * Bytes a second that a client must send or take in, on average over twice the idle timeout, where
   * it is the client that is waited for; 0 asks for one byte in that time.
   */
  readonly minimumRate: number;
}

/** What the machine, or the container, lets a process have. */
export interface Machine {
  /** Bytes. */
  readonly memory: number;
  /** Open files and sockets; undefined where there is no telling. */
  readonly descriptors: number | undefined;
}

const KiB = 1024;
const MiB = 1024 * KiB;

/**
 * What one request holds, at most, besides what the memory of transfers and documents grants it: a
 * short body or two small buffers, what was read of its socket, its head and its objects.
 */
const REQUEST_BYTES = 256 * KiB;
/** What an open connection costs, with what was read of it and not parsed. */
const CONNECTION_BYTES = 32 * KiB;

/** The most that is taken for granted, however large the machine. */
const MOST_REQUESTS = 10_000;
const MOST_CONNECTIONS = 100_000;
/** Where nobody says how many descriptors there are: what most systems give at least. */
const FEW_DESCRIPTORS = 1024;

/**
 * The limits that fit a machine: requests in an eighth of its memory, idle connections in another,
 * transfers and documents in a sixteenth and a sixty-fourth. Of the descriptors, a quarter is for the
 * files of requests under way, one each, so that no crowd of connections can make a put fail.
 */
export function defaultLimits({ memory, descriptors = FEW_DESCRIPTORS }: Machine): ServerLimits {
  const usable = descriptors - reservedDescriptors(descriptors);
  const connections = Math.floor((usable * 3) / 4);
  return {
    maxConnections: between(
      connections - surplusOf(connections),
      16,
      Math.min(MOST_CONNECTIONS, Math.floor(memory / 8 / CONNECTION_BYTES)),
    ),
    maxRequests: between(
      Math.floor(usable / 4),
      16,
      Math.min(MOST_REQUESTS, Math.floor(memory / 8 / REQUEST_BYTES)),
    ),
    transferMemory: between(Math.floor(memory / 16), 16 * MiB, 256 * MiB),
    documentMemory: between(Math.floor(memory / 64), 16 * MiB, 128 * MiB),
    headTimeout: 60_000,
    keepAliveTimeout: 60_000,
    idleTimeout: 30_000,
    minimumRate: 256,
  };
}

/** Whether connections and the files of requests can take all descriptors there are. */
export function exceedsDescriptors(
  { maxConnections, maxRequests }: ServerLimits,
  { descriptors }: Machine,
): boolean {
  if (descriptors === undefined) return false;
  const taken = maxConnections + surplusOf(maxConnections) + maxRequests;
  return taken + reservedDescriptors(descriptors) > descriptors;
}

/** Descriptors for what is neither a client's connection nor a request's file. */
function reservedDescriptors(descriptors: number): number {
  return Math.min(256, Math.floor(descriptors / 8));
}

/** How many connections beyond the maximum are accepted, only to be answered that they are too many. */
export function surplusOf(maxConnections: number): number {
  return between(Math.floor(maxConnections / 16), 4, 64);
}

function between(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

/** The machine that this process runs on, or the part of it that a container is given. */
export function thisMachine(): Machine {
  // 0, or more than there is, where nothing constrains it.
  const constrained = process.constrainedMemory();
  const total = totalmem();
  return {
    memory: constrained > 0 ? Math.min(constrained, total) : total,
    descriptors: descriptorLimit(),
  };
}

function descriptorLimit(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    // Linux only.
    return undefined;
  }
}
