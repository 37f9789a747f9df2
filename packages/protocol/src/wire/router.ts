import type { Match, Operation } from '../operation/operation.js';
import type { QueryParameter } from './request-target.js';

/**
 * Query parameters that make a request another operation. A request that carries one which no
 * description claims asks for something this server does not do: it must be refused, never be
 * taken for the plain operation (`PUT /bucket?lifecycle` creates no bucket). Names from the Go
 * SDK v2's list of sub-resources.
 */
const OPERATION_PARAMETERS: ReadonlySet<string> = new Set(
  `accessPoint accessPointConfigForObjectProcess accessPointForObjectProcess accessPointPolicy
  accessPointPolicyForObjectProcess accessmonitor acl append asyncFetch bucketArchiveDirectRead
  bucketInfo cleanRestoredObject cloudboxes cname comp cors delete encryption group httpsConfig img
  inventory inventoryId legalHold lifecycle link live location logging metaQuery objectInfo
  objectMeta objectWorm overwriteConfig partNumber policy policyStatus position publicAccessBlock
  qos qosInfo qosRequester redundancyTransition referer regionList regions replication
  replicationLocation replicationProgress requestPayment requesterQosInfo resourceGroup resourcePool
  resourcePoolBuckets resourcePoolInfo restore retention rtc seal stat status style styleName symlink
  tagging transferAcceleration udf udfApplication udfApplicationLog udfId udfImageDesc uploadId
  uploads userDefinedLogFieldsConfig versioning versions vod website worm wormExtend wormId
  x-oss-async-process x-oss-process`.split(/\s+/),
);

/** What routing found: the operation, or why there is none. */
export type Routed =
  | { readonly found: 'operation'; readonly operation: Operation }
  | { readonly found: 'nothing'; readonly parameter: string | undefined };

type TargetMethod = `${Match['on']} ${Match['method']}`;

/** Tells which operation a request is. */
export class Router {
  readonly #candidates: ReadonlyMap<string, readonly Operation[]>;

  /** Throws when two descriptions would claim the same request. */
  constructor(operations: readonly Operation[]) {
    const candidates = new Map<TargetMethod, Operation[]>();
    for (const operation of operations) {
      const { on, method } = operation.match;
      const group = candidates.get(`${on} ${method}`) ?? [];
      for (const other of group) {
        if (sameQuery(operation.match, other.match)) {
          throw new Error(`${operation.name} and ${other.name} match the same requests`);
        }
      }
      group.push(operation);
      candidates.set(`${on} ${method}`, group);
    }
    // The description that demands most is asked first.
    for (const group of candidates.values()) group.sort((a, b) => demands(b) - demands(a));
    this.#candidates = candidates;
  }

  /** The operation of a request, given what it addresses. */
  route(on: Match['on'], method: string, query: readonly QueryParameter[]): Routed {
    const group = this.#candidates.get(`${on} ${method}`) ?? [];
    const operation = group.find((candidate) => matches(candidate.match, query));
    const claimed = operation?.match.query ?? {};
    const unclaimed = query.find(
      ([name]) => OPERATION_PARAMETERS.has(name) && !(name in claimed) && !takes(operation, name),
    );
    if (operation === undefined || unclaimed !== undefined) {
      return { found: 'nothing', parameter: unclaimed?.[0] };
    }
    return { found: 'operation', operation };
  }
}

function demands(operation: Operation): number {
  return Object.keys(operation.match.query ?? {}).length;
}

function sameQuery(a: Match, b: Match): boolean {
  const one = Object.entries(a.query ?? {});
  const other = b.query ?? {};
  return (
    one.length === Object.keys(other).length &&
    one.every(([name, value]) => name in other && other[name] === value)
  );
}

function matches(match: Match, query: readonly QueryParameter[]): boolean {
  if (match.query === undefined) return true;
  for (const [name, value] of Object.entries(match.query)) {
    if (!query.some(([n, v]) => n === name && (value === null || v === value))) return false;
  }
  return true;
}

function takes(operation: Operation | undefined, parameter: string): boolean {
  if (operation === undefined) return false;
  for (const field of Object.values(operation.input)) {
    if (field.kind === 'query' && field.name === parameter) return true;
  }
  return false;
}
