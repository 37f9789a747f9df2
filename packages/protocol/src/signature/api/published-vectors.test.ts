import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  acs3CanonicalRequest,
  acs3Signature,
  acs3StringToSign,
  parseAcs3Authorization,
  verifyAcs3Signature,
} from './acs3-signature.js';
import { rpcSignature, rpcStringToSign, verifyRpcSignature } from './rpc-signature.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('RPC, HMAC-SHA1', () => {
  // KMS, "Calling method": CreateKey, and the SDK overview's DescribeDedicatedHosts.
  it.each([
    [
      '41wk2SSX1GJh7fwnc5eqOfiJPFg=',
      {
        AccessKeyId: 'testid',
        Action: 'CreateKey',
        Format: 'json',
        SignatureMethod: 'HMAC-SHA1',
        SignatureVersion: '1.0',
        Timestamp: '2016-03-28T03:13:08Z',
        Version: '2016-01-20',
      },
    ],
    [
      '9NaGiOspFP5UPcwX8Iwt2YJXXuk=',
      {
        Timestamp: '2023-03-13T08:34:30Z',
        Version: '2014-05-26',
        SignatureVersion: '1.0',
        SignatureNonce: 'edb2b34af0af9a6d14deaf7c1a5315eb',
        SignatureMethod: 'HMAC-SHA1',
        RegionId: 'cn-beijing',
        Format: 'JSON',
        Action: 'DescribeDedicatedHosts',
        AccessKeyId: 'testid',
        Signature: 'is not signed',
      },
    ],
  ])('signs %s', (signature, parameters) => {
    const text = rpcStringToSign('GET', Object.entries(parameters));
    expect(rpcSignature('testsecret', text)).toBe(signature);
    expect(verifyRpcSignature('testsecret', text, signature)).toBe(true);
    expect(verifyRpcSignature('testsecres', text, signature)).toBe(false);
    expect(verifyRpcSignature('testsecret', text, signature.toLowerCase())).toBe(false);
  });

  it('encodes what it signs twice, and tells the methods apart', () => {
    expect(rpcStringToSign('POST', [['Name', "a b*~é'"]])).toBe(
      'POST&%2F&Name%3Da%2520b%252A~%25C3%25A9%2527',
    );
  });
});

describe('ACS3-HMAC-SHA256', () => {
  const request = {
    method: 'POST',
    path: '/',
    query: [
      ['RegionId', 'cn-shanghai'],
      ['ImageId', 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd'],
    ],
    headers: new Map([
      ['host', 'ecs.cn-shanghai.aliyuncs.com'],
      ['user-agent', 'not signed'],
      ['x-acs-action', 'RunInstances'],
      ['x-acs-content-sha256', sha256('')],
      ['x-acs-date', '2023-10-26T10:22:32Z'],
      ['x-acs-signature-nonce', '3156853299f313e23d1673dc12e1703d'],
      ['x-acs-version', '2014-05-26'],
    ]),
    signedHeaders: [
      'x-acs-version',
      'host',
      'x-acs-action',
      'x-acs-content-sha256',
      'x-acs-date',
      'x-acs-signature-nonce',
    ],
    payloadHash: sha256(''),
  } as const;
  const signature = '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0';

  it('signs the example of the SDK overview', () => {
    const canonical = acs3CanonicalRequest(request);
    expect(sha256(canonical)).toBe(
      '7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259',
    );
    const text = acs3StringToSign(canonical);
    expect(acs3Signature('YourAccessKeySecret', text)).toBe(signature);
    expect(verifyAcs3Signature('YourAccessKeySecret', text, signature)).toBe(true);
    expect(verifyAcs3Signature('YourAccessKeySecret', text, signature.toUpperCase())).toBe(false);
    expect(verifyAcs3Signature('AnotherSecret', text, signature)).toBe(false);
  });

  it('reads an Authorization header', () => {
    const header = `ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host;X-Acs-Date,Signature=${signature}`;
    expect(parseAcs3Authorization(header)).toEqual({
      algorithm: 'ACS3-HMAC-SHA256',
      accessKeyId: 'id',
      signedHeaders: ['host', 'x-acs-date'],
      signature,
    });
    expect(parseAcs3Authorization('OSS4-HMAC-SHA256 Credential=id')).toBeUndefined();
    expect(parseAcs3Authorization('ACS3-HMAC-SHA256 Credential=id')).toBeUndefined();
    expect(parseAcs3Authorization('ACS3-HMAC-SHA256')).toBeUndefined();
  });
});
