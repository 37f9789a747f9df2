import type { RpcCaller } from '../rpc-caller.js';

/** A key of KMS as it is described. Dates are ISO 8601, empty where there is none. */
export interface DescribedKey {
  readonly KeyId: string;
  readonly Arn: string;
  readonly KeyState: string;
  readonly KeySpec: string;
  readonly KeyUsage: string;
  readonly Origin: string;
  readonly ProtectionLevel: string;
  readonly Description: string;
  readonly Creator: string;
  readonly CreationDate: string;
  readonly DeleteDate: string;
  readonly PrimaryKeyVersion: string;
  readonly LastRotationDate: string;
  readonly AutomaticRotation: string;
  /** Seconds, as `604800s`; of keys that are rotated by themselves. */
  readonly RotationInterval?: string;
  readonly NextRotationDate?: string;
}

/** A key of any name; throws Refused. */
export async function describeKey(server: RpcCaller, name: string): Promise<DescribedKey> {
  const { KeyMetadata } = await server.call<{ readonly KeyMetadata: DescribedKey }>(
    'kms',
    'DescribeKey',
    { KeyId: name },
  );
  return KeyMetadata;
}

const DAY = 86_400;

/** How often a key is rotated by itself, for people: `365d`, `off`. */
export function rotationOf(key: DescribedKey): string {
  if (key.RotationInterval === undefined || key.AutomaticRotation === 'Disabled') return 'off';
  const seconds = Number.parseInt(key.RotationInterval, 10);
  const every = seconds % DAY === 0 ? `${seconds / DAY}d` : key.RotationInterval;
  return key.AutomaticRotation === 'Suspended' ? `${every}, suspended` : every;
}
