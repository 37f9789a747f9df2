/** Every `ossutil api` command once, as one story of a bucket: what each answers and what it leaves. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { operationLoaders } from '@openoss/protocol';
import { type OpenOss, startOpenOss } from 'openoss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendSigned } from '../support/http.js';
import { type OssutilUser, ossutilUser, pointedAt } from '../support/ossutil-user.js';

let oss: OpenOss;
let user: OssutilUser;
beforeAll(async () => {
  oss = await startOpenOss({ restoreDelay: 0 });
  user = await ossutilUser(pointedAt(oss.endpoint, oss));
});
afterAll(() => oss.close());

/** The commands that ran, to see that none was forgotten. */
const ran = new Set<string>();

const bucket = ['--bucket', 'examplebucket'];
const object = [...bucket, '--key', 'exampleobject'];

/** Runs a command that has to succeed and gives its standard output, without the elapsed line. */
async function api(operation: string, flags: readonly string[], input?: string): Promise<string> {
  ran.add(operation);
  const outcome = await user.ossutil(
    ['api', operation, ...flags, '-q'],
    input === undefined ? {} : { input },
  );
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  return outcome.stdout;
}

/** The same with its answer as JSON. */
const answer = async (operation: string, flags: readonly string[], input?: string) =>
  JSON.parse(await api(operation, [...flags, '--output-format', 'json'], input));

/** Runs a command that the service has to refuse, and gives standard error. */
async function refused(operation: string, flags: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await user.ossutil(['api', operation, ...flags]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  return stderr;
}

describe.sequential('a bucket', () => {
  it('is created as XML, JSON or nothing says', async () => {
    expect(await api('put-bucket', bucket)).toBe('');
    const configuration = '{"StorageClass": "IA"}';
    await api('put-bucket', [
      ...['--bucket', 'cold', '--acl', 'public-read'],
      ...['--create-bucket-configuration', configuration],
    ]);
    const { Bucket: info } = await answer('get-bucket-info', ['--bucket', 'cold']);
    expect(info).toMatchObject({
      Name: 'cold',
      StorageClass: 'IA',
      AccessControlList: { Grant: 'public-read' },
    });
  });

  it('is listed, described, and has an ACL that can be set', async () => {
    const { Buckets: buckets } = await answer('list-buckets', []);
    expect(buckets.Bucket.map(({ Name: name }: { Name: string }) => name)).toEqual([
      'cold',
      'examplebucket',
    ]);
    const page = await answer('list-buckets', ['--prefix', 'ex', '--max-keys', '1']);
    expect(page.Buckets.Bucket.Name).toBe('examplebucket');
    expect(await answer('get-bucket-location', bucket)).toBe('oss-cn-hangzhou');
    expect(await api('put-bucket-acl', [...bucket, '--acl', 'public-read'])).toBe('');
    const acl = await answer('get-bucket-acl', bucket);
    expect(acl.AccessControlList.Grant).toBe('public-read');
  });

  it('has a policy that can be put, shown, judged and deleted', async () => {
    const document = JSON.stringify({
      Version: '1',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'oss:GetObject',
          Principal: ['*'],
          Resource: 'acs:oss:*:*:examplebucket/*',
        },
      ],
    });
    expect(await api('put-bucket-policy', [...bucket, '--body', document])).toBe('');
    expect(await api('get-bucket-policy', bucket)).toBe(document);
    expect(await answer('get-bucket-policy-status', bucket)).toEqual({ IsPublic: 'true' });
    expect(await refused('put-bucket-policy', [...bucket, '--body', '{"Version":"2"}'])).toContain(
      'Error Code: InvalidPolicyDocument. \n',
    );
    expect(await api('delete-bucket-policy', bucket)).toBe('');
    expect(await refused('get-bucket-policy', bucket)).toContain('NoSuchBucketPolicy');
  });

  it('has a rule of encryption that can be put as JSON or XML, shown and deleted', async () => {
    expect(await refused('get-bucket-encryption', bucket)).toContain(
      'Error Code: NoSuchServerSideEncryptionRule. \n',
    );
    const rule = (json: string) => [...bucket, '--server-side-encryption-rule', json];
    const kms = '{"SSEAlgorithm":"KMS","KMSMasterKeyID":"123","KMSDataEncryption":"SM4"}';
    const json = `{"ApplyServerSideEncryptionByDefault":${kms}}`;
    expect(await api('put-bucket-encryption', rule(json))).toBe('');
    expect(await answer('get-bucket-encryption', bucket)).toEqual(JSON.parse(json));
    const xml =
      '<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID></KMSMasterKeyID></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>';
    await api('put-bucket-encryption', rule(xml));
    const { Bucket: info } = await answer('get-bucket-info', bucket);
    expect(info.ServerSideEncryptionRule).toEqual({ SSEAlgorithm: 'AES256' });
    expect(await refused('put-bucket-encryption', rule(json.replace('"KMS"', '"DES"')))).toContain(
      'Error Code: InvalidEncryptionAlgorithmError. \n',
    );
    expect(await api('delete-bucket-encryption', bucket)).toBe('');
    expect(await refused('get-bucket-encryption', bucket)).toContain(
      'NoSuchServerSideEncryptionRule',
    );
  });

  it('can be closed to the public, by itself or with all that its account owns', async () => {
    const on = ['--public-access-block-configuration', '{"BlockPublicAccess": "true"}'];
    for (const [infix, flags] of [
      ['bucket-', bucket],
      ['', []],
    ] as const) {
      expect(await api(`put-${infix}public-access-block`, [...flags, ...on])).toBe('');
      expect(await answer(`get-${infix}public-access-block`, flags)).toEqual({
        BlockPublicAccess: 'true',
      });
      expect(await refused('put-bucket-acl', [...bucket, '--acl', 'public-read'])).toContain(
        'Put public bucket acl is not allowed',
      );
      expect(await api(`delete-${infix}public-access-block`, flags)).toBe('');
      expect(await answer(`get-${infix}public-access-block`, flags)).toEqual({
        BlockPublicAccess: 'false',
      });
    }
  });
});

describe.sequential('an object', () => {
  it('is put, looked at and fetched', async () => {
    const put = await answer('put-object', [...object, '--body', 'hi oss', '--metadata', 'a=b']);
    const etag = '"B22E0DC370A7F7067FACF5F75D7FA385"';
    expect(put.Header.Etag).toEqual([etag]);
    const head = await answer('head-object', [...object, '--if-match', etag]);
    expect(head.Header).toMatchObject({ 'Content-Length': ['6'], 'X-Oss-Meta-A': ['b'] });
    const meta = await answer('get-object-meta', object);
    expect(meta.Header).toMatchObject({ 'Content-Length': ['6'], Etag: [etag] });
    expect(meta.Header['X-Oss-Meta-A']).toBeUndefined();
    expect(await api('get-object', [...object, '--range', 'bytes=3-'])).toBe('oss');
    // 304 is no success: status 2, with the code that OSS gives it.
    const unchanged = await refused('get-object', [...object, '--if-none-match', etag]);
    expect(unchanged).toContain('Http Status Code: 304. \nError Code: NotModified. \n');
  });

  it('has an ACL', async () => {
    await api('put-object-acl', [...object, '--object-acl', 'private']);
    const acl = await answer('get-object-acl', object);
    expect(acl.AccessControlList.Grant).toBe('private');
  });

  it('has tags, given as JSON, XML, in a file or on standard input', async () => {
    const stored = async () => {
      const query: [string, null][] = [['tagging', null]];
      const target = { bucket: 'examplebucket', key: 'exampleobject', query };
      const { text } = await sendSigned(oss, target);
      return /<TagSet>(.*)<\/TagSet>/s.exec(text)?.[1]?.replace(/\s+/g, '');
    };
    const tag = (key: string, value: string) =>
      `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`;
    const json = '{"TagSet": {"Tag": [{"Key": "a", "Value": "1"}, {"Key": "城市", "Value": ""}]}}';
    const xml = (value: string) => `<Tagging><TagSet>${tag('a', value)}</TagSet></Tagging>`;
    await writeFile(
      path.join(user.directory, 'tags.xml'),
      `\ufeff<?xml version="1.0"?>${xml('3')}`,
    );
    for (const [text, tags, input] of [
      [json, tag('a', '1') + tag('城市', '')],
      [xml('2'), tag('a', '2')],
      ['file://tags.xml', tag('a', '3')],
      ['-', tag('a', '1') + tag('城市', ''), json],
    ] as const) {
      await api('put-object-tagging', [...object, '--tagging', text], input);
      expect(await stored()).toBe(tags);
    }
    expect((await answer('get-object-tagging', object)).TagSet).toEqual({
      Tag: [
        { Key: 'a', Value: '1' },
        { Key: '城市', Value: null },
      ],
    });
    await api('delete-object-tagging', object);
    expect(await stored()).toBe('');
  });

  it('is told from what is neither XML nor JSON before anything is sent', async () => {
    const wrong = ['a=1', '', '{"TagSet": ', '[]', '{"no name": 1}'].map(async (text) => {
      const flags = [...object, '--tagging', text];
      const { status, stderr } = await user.ossutil(['api', 'put-object-tagging', ...flags]);
      expect(stderr).toMatch(/^Error: --tagging[ :]/);
      expect(status).toBe(1);
    });
    await Promise.all(wrong);
    expect((await answer('get-object-tagging', object)).TagSet).toBeNull();
  });

  it('in the archive is restored', async () => {
    const archived = [...bucket, '--key', 'archived'];
    await api('put-object', [...archived, '--body', 'cold', '--storage-class', 'Archive']);
    expect(await refused('get-object', archived)).toContain('Error Code: InvalidObjectState. \n');
    const request = '<RestoreRequest><Days>2</Days></RestoreRequest>';
    await api('restore-object', [...archived, '--restore-request', request]);
    expect(await api('get-object', archived)).toBe('cold');
  });
});

describe.sequential('the objects of a bucket', () => {
  it('are listed in both versions, by prefix, delimiter and page, and counted', async () => {
    for (const key of ['a/1', 'a/2', 'b', 'c d/é']) {
      await sendSigned(oss, { method: 'PUT', bucket: 'examplebucket', key, body: 'x' });
    }
    const keys = (contents: unknown): unknown =>
      [contents].flat().map((content) => (content as { Key: string }).Key);
    const folders = await answer('list-objects-v2', [...bucket, '--delimiter', '/']);
    expect(folders.CommonPrefixes).toEqual([{ Prefix: 'a/' }, { Prefix: 'c d/' }]);
    expect(keys(folders.Contents)).toEqual(['archived', 'b', 'exampleobject']);
    const first = await answer('list-objects-v2', [...bucket, '--max-keys', '2', '--fetch-owner']);
    expect(keys(first.Contents)).toEqual(['a/1', 'a/2']);
    expect(first.Contents[0].Owner.ID).toMatch(/^\d+$/);
    const second = await answer('list-objects-v2', [
      ...[...bucket, '--max-keys=2', '--continuation-token', first.NextContinuationToken],
    ]);
    expect(keys(second.Contents)).toEqual(['archived', 'b']);
    const v1 = await answer('list-objects', [...bucket, '--prefix', 'c', '--encoding-type', 'url']);
    expect(keys(v1.Contents)).toEqual([expect.stringMatching(/^c%20d(?:\/|%2F)%C3%A9$/)]);
    const rest = await answer('list-objects', [...bucket, '--marker', 'b']);
    expect(keys(rest.Contents)).toEqual(['c d/é', 'exampleobject']);
    const stat = await answer('get-bucket-stat', bucket);
    expect(stat.ObjectCount).toBe('6');
  });

  it('are deleted one by one, several as JSON, several as XML', async () => {
    await api('delete-object', [...bucket, '--key', 'b']);
    // Deleting what is not there succeeds, as in OSS.
    await api('delete-object', [...bucket, '--key', 'b']);
    const json = '{"Object": [{"Key": "a/1"}, {"Key": "a/2"}]}';
    const deleted = await answer('delete-multiple-objects', [...bucket, '--delete', json]);
    expect(deleted.Deleted).toEqual([{ Key: 'a/1' }, { Key: 'a/2' }]);
    const objects = ['c d/é', 'archived', 'exampleobject']
      .map((key) => `<Object><Key>${key}</Key></Object>`)
      .join('');
    const quiet = `<Delete><Quiet>true</Quiet>${objects}</Delete>`;
    await api('delete-multiple-objects', [...bucket, '--delete', '-'], quiet);
    const left = await answer('list-objects-v2', bucket);
    expect(left.KeyCount).toBe('0');
  });

  it('keep a bucket from being deleted, until they are gone', async () => {
    await sendSigned(oss, { method: 'PUT', bucket: 'cold', key: 'k', body: 'x' });
    expect(await refused('delete-bucket', ['--bucket', 'cold'])).toMatch(
      /Error Code: BucketNotEmpty\. \n.*\nHint: delete the objects/s,
    );
    expect(await api('delete-bucket', bucket)).toBe('');
    const gone = await refused('get-bucket-info', bucket);
    expect(gone).toContain('Error Code: NoSuchBucket. \n');
  });
});

describe('the command family', () => {
  it('was used in full above', () => {
    expect([...ran].sort()).toEqual(Object.keys(operationLoaders).sort());
  });
});
