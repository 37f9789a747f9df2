import { describe, expect, it } from 'vitest';
import type { OutputFormat } from '../configuration/settings.js';
import { elapsedLine } from './elapsed-line.js';
import { canonicalHeaderName } from './header-document.js';
import { compileOutputQuery } from './output-query.js';
import { renderAnswer } from './render-answer.js';

const cors =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<CORSConfiguration xmlns="http://doc.oss-cn-hangzhou.aliyuncs.com">\n  <CORSRule>\n' +
  '    <AllowedOrigin>www.aliyun.com</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>\n' +
  '    <AllowedMethod>GET</AllowedMethod><MaxAgeSeconds>10000</MaxAgeSeconds>\n' +
  '  </CORSRule><ResponseVary>false</ResponseVary></CORSConfiguration>';

const headers = [
  ['x-oss-hash-crc64ecma', '1'],
  ['content-length', '123'],
  ['ETag', '"A"'],
  ['x-oss-meta-a', '1'],
  ['X-OSS-META-A', '2'],
] as const;

const render = async (body: string, format: OutputFormat, expression?: string) => {
  const query = expression === undefined ? undefined : await compileOutputQuery(expression);
  const output = await renderAnswer(
    { body: new TextEncoder().encode(body), headers },
    { format, query },
  );
  return typeof output === 'string' ? output : new TextDecoder().decode(output);
};

describe('raw output', () => {
  it.each([cors, '{"Version":"1"}', 'plain text\n', '<half', ''])(
    'is exactly what came: %j',
    async (body) => {
      expect(await render(body, 'raw')).toBe(body);
    },
  );

  it('leaves bytes that are no text alone', async () => {
    const body = Uint8Array.from([0xff, 0x00, 0xc3, 0x28]);
    expect(await renderAnswer({ body, headers }, { format: 'raw' })).toBe(body);
    expect(await renderAnswer({ body, headers }, { format: 'json' })).toBe(body);
  });
});

describe('JSON output', () => {
  it('of an XML body is the mapping that ossutil documents', async () => {
    expect(await render(cors, 'json')).toBe(
      `{
  "CORSRule": {
    "AllowedMethod": [
      "PUT",
      "GET"
    ],
    "AllowedOrigin": "www.aliyun.com",
    "MaxAgeSeconds": "10000"
  },
  "ResponseVary": "false"
}`,
    );
  });

  it.each([
    ['<A/>', 'null'],
    ['<A><B/></A>', '{"B":null}'],
    ['<A><B> </B></A>', '{"B":" "}'],
    ['<A><B>x &lt; y</B></A>', '{"B":"x < y"}'],
    ['<A>x</A>', '"x"'],
    ['<A><B><C>1</C></B><B/></A>', '{"B":[{"C":"1"},null]}'],
  ])('of %s is %s', async (xml, json) => {
    expect(JSON.parse(await render(xml, 'json'))).toEqual(JSON.parse(json));
  });

  it('of an answer without a body is its headers under Go names, each a list, in order', async () => {
    expect(await render('', 'json')).toBe(
      `{
  "Header": {
    "Content-Length": [
      "123"
    ],
    "Etag": [
      "\\"A\\""
    ],
    "X-Oss-Hash-Crc64ecma": [
      "1"
    ],
    "X-Oss-Meta-A": [
      "1",
      "2"
    ]
  }
}`,
    );
  });

  it('of a JSON body is that, indented and in alphabetical order', async () => {
    expect(await render('{"b":1,"a":[true]}', 'json')).toBe(
      '{\n  "a": [\n    true\n  ],\n  "b": 1\n}',
    );
  });
});

describe('the other formats', () => {
  it('write YAML in which texts stay texts', async () => {
    expect(await render(cors, 'yaml')).toBe(
      'CORSRule:\n  AllowedMethod:\n    - PUT\n    - GET\n  AllowedOrigin: www.aliyun.com\n' +
        '  MaxAgeSeconds: "10000"\nResponseVary: "false"\n',
    );
  });

  it('leave XML as it came', async () => {
    expect(await render(cors, 'xml')).toBe(cors);
  });

  it('write XML under <root>, repeated elements for lists, names made legal', async () => {
    expect(await render('{"b":[1,2],"a b":{"c":null},"d":[]}', 'xml')).toBe(
      '<root>\n  <a_b>\n    <c/>\n  </a_b>\n  <b>1</b>\n  <b>2</b>\n</root>',
    );
    expect(await render(cors, 'xml', 'CORSRule.AllowedMethod')).toBe(
      '<root>\n  <element>PUT</element>\n  <element>GET</element>\n</root>',
    );
  });
});

describe('a query', () => {
  it.each([
    ['CORSRule.AllowedMethod', '["PUT","GET"]'],
    ['CORSRule.AllowedMethod[0]', '"PUT"'],
    ['to_number(CORSRule.MaxAgeSeconds)', '10000'],
    ['Nothing', 'null'],
  ])('%s selects from the converted body', async (expression, json) => {
    expect(JSON.parse(await render(cors, 'json', expression))).toEqual(JSON.parse(json));
    expect(JSON.parse(await render(cors, 'raw', expression))).toEqual(JSON.parse(json));
  });

  it('selects from the headers where there is no body, and prints a bare number', async () => {
    expect(await render('', 'json', 'to_number(Header."Content-Length"[0])')).toBe('123');
  });

  it('that is no JMESPath is an argument error before anything is sent', async () => {
    await expect(compileOutputQuery('a[')).rejects.toMatchObject({ exitCode: 1 });
    await expect(compileOutputQuery('a[?b].c | {d: to_numbr(@)}')).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/no function to_numbr\(\); did you mean to_number\(\)\?$/),
    });
    await compileOutputQuery('contains(`{"type": "Function", "name": "x"}`, a)');
  });

  it('that calls a function wrongly is an argument error', async () => {
    await expect(render(cors, 'json', 'sum(ResponseVary)')).rejects.toMatchObject({ exitCode: 1 });
  });

  it('cannot select from what is neither XML nor JSON', async () => {
    await expect(render('just text', 'json', 'a')).rejects.toMatchObject({ exitCode: 3 });
  });
});

describe('the name of a header', () => {
  it.each([
    ['ETag', 'Etag'],
    ['content-md5', 'Content-Md5'],
    ['X-OSS-META-User', 'X-Oss-Meta-User'],
    ['x-oss-meta-2nd', 'X-Oss-Meta-2nd'],
    ['not a token', 'not a token'],
  ])('%s is %s in Go', (name, canonical) => {
    expect(canonicalHeaderName(name)).toBe(canonical);
  });
});

describe('the elapsed line', () => {
  it('has six decimals and a line break at both ends', () => {
    expect(elapsedLine(89.713)).toBe('\n0.089713(s) elapsed\n');
    expect(elapsedLine(61_000)).toBe('\n61.000000(s) elapsed\n');
  });
});
