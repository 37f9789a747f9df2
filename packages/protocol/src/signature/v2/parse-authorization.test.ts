import { describe, expect, it } from 'vitest';
import type { ErrorKind } from '../../errors/catalogue.js';
import { OssError } from '../../errors/oss-error.js';
import { headerFields } from '../header-fields.js';
import { parseV2Authorization } from './parse-authorization.js';

const DATE = 'Tue, 20 Dec 2022 08:48:18 GMT';
const SIGNED_AT = Date.UTC(2022, 11, 20, 8, 48, 18);

const parse = (fields: string, headers: Record<string, string> = {}) =>
  parseV2Authorization(
    `OSS2 ${fields}`,
    headerFields(Object.entries({ host: 'h', date: DATE, ...headers }).flat()),
    undefined,
  );

function refusal(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (error instanceof OssError) return error;
    throw error;
  }
  return undefined;
}

describe('an Authorization header of version 2', () => {
  it.each([
    ['AccessKeyId:ak,Signature:c2ln', []],
    // Java writes a space after the comma; the order is free.
    ['AccessKeyId:ak, AdditionalHeaders:host, Signature:c2ln', ['host']],
    ['Signature:c2ln,AdditionalHeaders:HOST,AccessKeyId:ak', ['host']],
    // Python lists them in no order and signs them in order.
    ['AccessKeyId:ak,AdditionalHeaders:host;date,Signature:c2ln', ['date', 'host']],
  ])('is read: %s', (fields, additionalHeaders) => {
    expect(parse(fields)).toEqual({
      version: 'v2',
      place: 'header',
      accessKeyId: 'ak',
      securityToken: undefined,
      signature: 'c2ln',
      dateLine: DATE,
      signedAt: SIGNED_AT,
      additionalHeaders,
    });
  });

  // What the pages of the ECs show, where they show something.
  it.each<[string, ErrorKind, string]>([
    ['AccessKeyId:ak,', 'AuthorizationV2FieldCount', '0002-00000102'],
    ['AccessKeyId:ak, ,Signature:s', 'AuthorizationV2FieldCount', '0002-00000102'],
    ['AccessKeyId:ak', 'AuthorizationV2FieldCount', '0002-00000102'],
    ['', 'AuthorizationV2FieldCount', '0002-00000102'],
    ['AccessKeyId:ak,Signature:s,a:b,c:d', 'AuthorizationV2FieldCount', '0002-00000102'],
    [
      'AccessKeyId:ak,AdditionalHeadershost,Signature:s',
      'AuthorizationV2FieldMalformed',
      '0002-00000103',
    ],
    ['AccessKeyId:ak,AccessKeyId:ak', 'AuthorizationV2FieldMalformed', '0002-00000103'],
    ['AccessKeyId:ak,Signature:s,Signature:s', 'AuthorizationV2FieldMalformed', '0002-00000103'],
    [
      'AccessKeyId:ak,AdditionalHeaders:host,AdditionalHeaders:date',
      'AuthorizationV2FieldMalformed',
      '0002-00000103',
    ],
    ['AccessKeyId:ak,Signature:s,UnknownKey:ABC', 'AuthorizationV2FieldUnknown', '0002-00000104'],
    ['accesskeyid:ak,Signature:s', 'AuthorizationV2FieldUnknown', '0002-00000104'],
    ['AdditionalHeaders:host,Signature:s', 'AuthorizationV2AccessKeyIdMissing', '0002-00000105'],
    [
      'AccessKeyId:,AdditionalHeaders:host,Signature:s',
      'AuthorizationV2AccessKeyIdEmpty',
      '0002-00000106',
    ],
    ['AccessKeyId:a b,Signature:s', 'AuthorizationV2AccessKeyIdInvalid', '0002-00000107'],
    ['AccessKeyId:a:b,Signature:s', 'AuthorizationV2AccessKeyIdInvalid', '0002-00000107'],
    ['AccessKeyId:a/b,Signature:s', 'AuthorizationV2AccessKeyIdInvalid', '0002-00000107'],
    ['AccessKeyId:ak,AdditionalHeaders:host', 'AuthorizationV2SignatureMissing', '0002-00000108'],
    [
      'AccessKeyId:ak,AdditionalHeaders:host,Signature:',
      'AuthorizationV2SignatureEmpty',
      '0002-00000109',
    ],
    [
      'AccessKeyId:ak,AdditionalHeaders:,Signature:s',
      'AuthorizationV2AdditionalHeadersEmpty',
      '0002-00000110',
    ],
    [
      'AccessKeyId:ak,AdditionalHeaders:host;,Signature:s',
      'AuthorizationV2AdditionalHeaderEmpty',
      '0002-00000111',
    ],
    [
      'AccessKeyId:ak,AdditionalHeaders:host;range,Signature:s',
      'AuthorizationV2AdditionalHeaderMissing',
      '0002-00000112',
    ],
    [
      'AccessKeyId:ak,AdditionalHeaders:x_y,Signature:s',
      'AuthorizationV2AdditionalHeaderMissing',
      '0002-00000112',
    ],
  ])('is refused: %s', (fields, kind, ec) => {
    expect(refusal(() => parse(fields, { x_y: '1' }))).toMatchObject({
      kind,
      ec,
      code: 'InvalidArgument',
      status: 400,
      details: { Authorization: `OSS2 ${fields}` },
    });
  });

  it('is dated by Date, or by x-oss-date where a browser cannot set Date', () => {
    const fields = 'AccessKeyId:ak,Signature:s';
    const other = 'Tue, 20 Dec 2022 08:48:19 GMT';
    expect(parse(fields, { 'x-oss-date': other }).dateLine).toBe(DATE);
    const undated = (ossDate?: string) =>
      parseV2Authorization(
        `OSS2 ${fields}`,
        headerFields(ossDate === undefined ? [] : ['x-oss-date', ossDate]),
        undefined,
      );
    expect(undated(other)).toMatchObject({ dateLine: other, signedAt: SIGNED_AT + 1000 });
    expect(undated('20221220T084819Z')).toMatchObject({ signedAt: SIGNED_AT + 1000 });
    expect(refusal(() => undated())).toMatchObject({ kind: 'DateMissing' });
    expect(refusal(() => undated('yesterday'))).toMatchObject({ kind: 'DateInvalid' });
  });
});
