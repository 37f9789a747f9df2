import { parseXml } from '@openoss/protocol';
import { describe, expect, it } from 'vitest';
import { structuredBody } from './structured-body.js';
import { structuredText } from './structured-value.js';

const body = (content: string, root = 'Tagging') =>
  structuredBody(structuredText(content, 'tagging'), root, 'tagging');
const prologue = '<?xml version="1.0" encoding="UTF-8"?>\n';

describe('a structured option on the wire', () => {
  it('is the XML as it was written', () => {
    expect(body('<Tagging><TagSet/></Tagging>')).toBe('<Tagging><TagSet/></Tagging>');
  });

  it('is JSON under the root it leaves out, in its order, arrays as repeated elements', () => {
    const json = '{"TagSet": {"Tag": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": 2}]}}';
    expect(body(json)).toBe(
      `${prologue}<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag>` +
        '<Tag><Key>b</Key><Value>2</Value></Tag></TagSet></Tagging>',
    );
  });

  it('takes an object for a single child, and null or an empty list for nothing', () => {
    expect(body('{"TagSet": {"Tag": {"Key": "a", "Value": null}}}')).toContain('<Value></Value>');
    expect(body('{"Object": []}', 'Delete')).toBe(`${prologue}<Delete></Delete>`);
  });

  it('takes booleans, and text of any kind', () => {
    const key = 'a<&>"\u4e2d ';
    const xml = body(JSON.stringify({ Quiet: true, Object: { Key: key } }), 'Delete');
    expect(xml).toContain('<Quiet>true</Quiet>');
    expect(parseXml(xml).children[1]?.children[0]?.text).toBe(key);
  });

  it('takes JSON that has the root after all', () => {
    expect(body('{"Tagging": {"TagSet": {}}}')).toBe(body('{"TagSet": {}}'));
  });

  it.each([
    ['{', 'the JSON is malformed'],
    ['[1]', 'the JSON has to be an object, the content of <Tagging>'],
    ['{"a b": 1}', 'cannot be the name of an XML element'],
    ['{"a": [[1]]}', 'a list of lists'],
    ['{"a": 12345678901234567890}', 'too large'],
  ])('refuses %s', (json, reason) => {
    expect(() => body(json)).toThrow(reason);
  });
});
