import { describe, expect, it } from 'vitest';
import { fetchedMode, type GivenKeys, type GivenRole, resolveCredentials } from './credentials.js';

/** AccessKey ID, secret, token. */
type Keys = readonly (string | undefined)[];
const source = (name: string, [accessKeyId, accessKeySecret, stsToken]: Keys): GivenKeys => ({
  source: name,
  accessKeyId,
  accessKeySecret,
  stsToken,
});
const resolve = (
  flags: Keys,
  environment: Keys,
  profile: Keys,
  modes: { mode?: string; profileMode?: string } = {},
) =>
  resolveCredentials({
    ...modes,
    sources: [
      source('flags', flags),
      source('environment', environment),
      source('profile', profile),
    ],
  });
const none: Keys = [];
const ak = (accessKeyId: string, accessKeySecret: string) => ({
  mode: 'AK',
  accessKeyId,
  accessKeySecret,
});
const sts = (accessKeyId: string, accessKeySecret: string, securityToken: string) => ({
  mode: 'StsToken',
  accessKeyId,
  accessKeySecret,
  securityToken,
});

describe('a complete pair of keys', () => {
  it('is taken from the strongest source that has it', () => {
    expect(resolve(['f', 'fs'], ['e', 'es'], ['p', 'ps'])).toEqual(ak('f', 'fs'));
    expect(resolve(none, ['e', 'es'], ['p', 'ps'])).toEqual(ak('e', 'es'));
    expect(resolve(none, none, ['p', 'ps'])).toEqual(ak('p', 'ps'));
  });

  it('with a token of the same source is a temporary credential', () => {
    expect(resolve(none, ['e', 'es', 'et'], none)).toEqual(sts('e', 'es', 'et'));
  });

  it('does not take the token of a weaker source with another ID', () => {
    expect(resolve(['f', 'fs'], ['e', 'es', 'et'], none)).toEqual(ak('f', 'fs'));
  });

  it('takes a token given by a stronger source', () => {
    expect(resolve([undefined, undefined, 'ft'], none, ['p', 'ps'])).toEqual(sts('p', 'ps', 'ft'));
  });
});

describe('a key with a stray character', () => {
  it.each([
    [['f', 'fs\r'], none, /^flags: the AccessKey secret has a line break/],
    [[' f', 'fs'], none, /^flags: the AccessKey ID has/],
    [['f', 'fs', 'f\nt'], none, /^flags: the STS token has/],
    [['f'], [undefined, 'es\n'], /^environment: the AccessKey secret has/],
  ] as const)('%j, %j is refused, and its source named', (flags, environment, message) => {
    expect(() => resolve(flags, environment, none)).toThrow(message);
  });

  it('is nobody else’s business while it is not used', () => {
    expect(resolve(['f', 'fs'], ['e', 'es\n'], ['p ', 'ps'])).toEqual(ak('f', 'fs'));
    expect(resolve(['f', 'fs'], [undefined, undefined, 't\n'], none, { mode: 'AK' })).toEqual(
      ak('f', 'fs'),
    );
  });
});

describe('half of a pair', () => {
  it('is completed by a secret from any stronger source', () => {
    expect(resolve([undefined, 'fs'], none, ['p', 'ps'])).toEqual(ak('p', 'fs'));
    expect(resolve(none, [undefined, 'es'], ['p'])).toEqual(ak('p', 'es'));
  });

  it('is completed by a weaker source that names the same ID, or none', () => {
    expect(resolve(['p'], none, ['p', 'ps'])).toEqual(ak('p', 'ps'));
    expect(resolve(['f'], [undefined, 'es'], none)).toEqual(ak('f', 'es'));
  });

  it("is not completed by another ID's secret", () => {
    expect(() => resolve(none, ['stray'], ['p', 'ps'])).toThrow(
      'environment: an AccessKey ID without its AccessKey secret (the secret of profile belongs to another AccessKey ID)',
    );
  });

  it('alone is an error that says which half is missing', () => {
    expect(() => resolve(['f'], none, none)).toThrow(
      'flags: an AccessKey ID without its AccessKey secret',
    );
    expect(() => resolve(none, [undefined, 'es'], none)).toThrow(
      'environment: an AccessKey secret without its AccessKey ID',
    );
  });
});

describe('no keys at all', () => {
  it('is an error in the words of the SDK', () => {
    expect(() => resolve(none, none, none)).toThrow('SigningContext.Credentials is null or empty.');
  });

  it('is fine when the mode is Anonymous', () => {
    expect(resolve(none, none, none, { mode: 'Anonymous' })).toEqual({ mode: 'Anonymous' });
    expect(resolve(none, none, none, { profileMode: 'Anonymous' })).toEqual({ mode: 'Anonymous' });
  });
});

describe('the mode', () => {
  it('of the command line stands above everything', () => {
    expect(resolve(['f', 'fs'], none, none, { mode: 'Anonymous' })).toEqual({ mode: 'Anonymous' });
    expect(resolve(['f', 'fs', 'ft'], none, none, { mode: 'AK' })).toEqual(ak('f', 'fs'));
    expect(resolve(['f', 'fs'], ['e', 'es', 'et'], none, { mode: 'StsToken' })).toEqual(
      sts('f', 'fs', 'et'),
    );
  });

  it("of the profile describes the profile's keys only", () => {
    expect(resolve(none, ['e', 'es'], none, { profileMode: 'EcsRamRole' })).toEqual(ak('e', 'es'));
    expect(resolve(none, none, ['p', 'ps', 'pt'], { profileMode: 'AK' })).toEqual(ak('p', 'ps'));
    expect(
      resolve([undefined, undefined, 'ft'], none, ['p', 'ps', 'pt'], { profileMode: 'AK' }),
    ).toEqual(sts('p', 'ps', 'ft'));
  });

  it('StsToken wants a token', () => {
    expect(() => resolve(['f', 'fs'], none, none, { mode: 'StsToken' })).toThrow(
      'needs an STS token',
    );
    expect(() => resolve(none, none, ['p', 'ps'], { profileMode: 'StsToken' })).toThrow(
      'needs an STS token',
    );
  });
});

describe('the mode whose credentials are got from somewhere', () => {
  const modeOf = (
    [environment, profile]: readonly [Keys, Keys],
    modes: { mode?: string; profileMode?: string } = {},
    role: Partial<GivenRole> = {},
  ) =>
    fetchedMode(
      {
        ...modes,
        sources: [
          source('flags', none),
          source('environment', environment),
          source('profile', profile),
        ],
      },
      { isNamed: false, flags: [], ...role },
    );
  const nobody = [none, none] as const;
  const inProfile = [none, ['p', 'ps']] as const;
  const inEnvironment = [['e', 'es'], none] as const;

  it.each(['EcsRamRole', 'Ali-EcsRamRole', 'RamRoleArn', 'oidcRoleArn', 'Process', 'Uri'])(
    'is %s where the command line or the profile says so',
    (mode) => {
      expect(modeOf(nobody, { mode })).toBe(mode);
      expect(modeOf(nobody, { profileMode: mode })).toBe(mode);
      expect(modeOf(inEnvironment, { mode, profileMode: 'AK' })).toBe(mode);
    },
  );

  it.each(['AK', 'StsToken', 'Anonymous'])('is none with %s', (mode) => {
    expect(modeOf(inProfile, { mode, profileMode: 'EcsRamRole' })).toBeUndefined();
    expect(modeOf(inProfile, { profileMode: mode })).toBeUndefined();
  });

  it("is not the profile's where other keys than the profile's are given, but for a role", () => {
    for (const profileMode of ['EcsRamRole', 'oidcRoleArn', 'Process', 'Uri']) {
      expect(modeOf(inEnvironment, { profileMode })).toBeUndefined();
    }
    expect(modeOf(inEnvironment, { profileMode: 'RamRoleArn' })).toBe('RamRoleArn');
  });

  it('is RamRoleArn where a role is given for the call and no mode', () => {
    for (const role of [{ isNamed: true, flags: ['role-arn'] }, { isNamed: true }]) {
      expect(modeOf(inEnvironment, {}, role)).toBe('RamRoleArn');
      expect(modeOf(inProfile, { profileMode: 'AK' }, role)).toBe('RamRoleArn');
      expect(modeOf(nobody, { profileMode: 'oidcRoleArn' }, role)).toBe('oidcRoleArn');
    }
    const role = { isNamed: true };
    expect(modeOf(inProfile, { mode: 'AK' }, role)).toBeUndefined();
    expect(modeOf(nobody, { profileMode: 'Anonymous' }, role)).toBeUndefined();
    expect(modeOf(nobody, { profileMode: 'EcsRamRole' }, role)).toBe('EcsRamRole');
  });

  it('refuses what is said of a role where there is none: nobody passes over a restriction', () => {
    const role = { isNamed: true, flags: ['role-arn'] };
    expect(() => modeOf(inProfile, { mode: 'AK' }, role)).toThrow(
      '--role-arn goes with the modes RamRoleArn and oidcRoleArn, not with AK',
    );
    expect(() => modeOf(nobody, { profileMode: 'Uri' }, role)).toThrow('not with Uri');
    expect(() => modeOf(nobody, { profileMode: 'Anonymous' }, role)).toThrow('not with Anonymous');
    expect(() => modeOf(inProfile, {}, { flags: ['session-policy'] })).toThrow(
      '--session-policy goes with a role, and there is none',
    );
  });
});
