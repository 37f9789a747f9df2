import { ClientError } from '../errors/client-error.js';
import {
  type ConfigurationEntry,
  type ConfigurationFile,
  lastEntry,
  sameName,
} from './configuration-file.js';
import { valueProblem } from './configuration-key.js';
import type { Profile } from './profile.js';

/** Where the bucket stands in a request's URL. */
export type AddressingStyle = 'virtual' | 'path' | 'cname';

/** Where requests go, as far as one source says. */
export interface Place {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly addressingStyle?: AddressingStyle | undefined;
}

/** Where requests go, from each source; `placeOf` puts them together for a bucket. */
export interface LocationSettings {
  /** Command line and environment. */
  readonly given: Place;
  /** What the file says about single buckets, by name. */
  readonly buckets: ReadonlyMap<string, Place>;
  readonly profile: Place;
  /** Endpoints that end so are addressed in path style where no style is set. */
  readonly pathStyleSuffixes: readonly string[];
}

const addressingStyles: readonly AddressingStyle[] = ['virtual', 'path', 'cname'];
const styleNamed = (text: string | undefined): AddressingStyle | undefined =>
  addressingStyles.find((style) => style === text);

/** What `DEFAULT` stands for in `endpoint-suffix-list-path-style`. */
const builtInPathStyleSuffixes = ['.privatelink.aliyuncs.com'];

function placeOfEntries(file: ConfigurationFile, entries: readonly ConfigurationEntry[]): Place {
  const read = (key: string): string | undefined => {
    const entry = lastEntry(entries, key);
    if (entry === undefined || entry.value === '') return undefined;
    const problem = valueProblem(key, entry.value);
    if (problem === undefined) return entry.value;
    throw new ClientError(`${file.path}:${entry.line}: ${key} ${problem}, not "${entry.value}"`);
  };
  return {
    region: read('region'),
    endpoint: read('endpoint'),
    addressingStyle: styleNamed(read('addressing-style')),
  };
}

/** The single buckets of the file: 1.x's two sections, then the profile's `[buckets NAME]`. */
function bucketPlaces(file: ConfigurationFile, profile: Profile): Map<string, Place> {
  const places = new Map<string, Place>();
  if (sameName(profile.name, 'default')) {
    for (const kind of ['bucket-endpoint', 'bucket-cname'] as const) {
      for (const section of file.sections.filter((candidate) => candidate.kind === kind)) {
        for (const { key, value } of section.entries) {
          const style = kind === 'bucket-cname' ? 'cname' : undefined;
          if (value !== '') places.set(key, { endpoint: value, addressingStyle: style });
        }
      }
    }
  }
  const list = profile.entry('buckets');
  if (list === undefined) return places;
  const sections = file.sections.filter(
    ({ kind, name }) => kind === 'buckets' && sameName(name, list.value),
  );
  if (sections.length === 0) {
    throw new ClientError(`${file.path}:${list.line}: there is no section [buckets ${list.value}]`);
  }
  for (const { nested } of sections) {
    for (const [bucket, entries] of nested) places.set(bucket, placeOfEntries(file, entries));
  }
  return places;
}

function suffixes(list: string | undefined): string[] {
  if (list === undefined) return builtInPathStyleSuffixes;
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .flatMap((item) => (item.toUpperCase() === 'DEFAULT' ? builtInPathStyleSuffixes : [item]));
}

/**
 * Collects what each source says about where requests go.
 *
 * @param fromProfile the profile's checked value of a key
 * @param given what command line and environment say
 */
export function resolveLocation(
  file: ConfigurationFile,
  profile: Profile,
  fromProfile: (key: string) => string | undefined,
  given: Place,
): LocationSettings {
  return {
    given,
    buckets: bucketPlaces(file, profile),
    profile: {
      region: fromProfile('region'),
      endpoint: fromProfile('endpoint'),
      addressingStyle: styleNamed(fromProfile('addressing-style')),
    },
    pathStyleSuffixes: suffixes(fromProfile('endpoint-suffix-list-path-style')),
  };
}

/**
 * Where requests for `bucket` go: command line and environment first, then what the file says about
 * that bucket, then the profile. An endpoint set for the bucket alone comes with the profile's
 * region, but not with the profile's addressing style, which was meant for another endpoint.
 */
export function placeOf(location: LocationSettings, bucket: string | undefined): Place {
  const { given, profile } = location;
  const own = bucket === undefined ? undefined : location.buckets.get(bucket);
  const otherEndpoint = given.endpoint === undefined && own?.endpoint !== undefined;
  const otherRegion = own?.region !== undefined && own.region !== profile.region;
  return {
    region: given.region ?? own?.region ?? profile.region,
    // A bucket in another region is not at the profile's endpoint.
    endpoint: given.endpoint ?? own?.endpoint ?? (otherRegion ? undefined : profile.endpoint),
    addressingStyle:
      given.addressingStyle ??
      own?.addressingStyle ??
      (otherEndpoint ? undefined : profile.addressingStyle),
  };
}
