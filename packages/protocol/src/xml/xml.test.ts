import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boolean, integer, text } from '../operation/codec.js';
import { child, list, struct, xmlShape, xmlTextShape } from '../operation/xml-shape.js';
import { readXml } from './xml-reader.js';
import { parseXml, XmlSyntaxError } from './xml-tree.js';
import { writeXml } from './xml-writer.js';

const shape = xmlShape('Root', {
  name: child('Name', text),
  count: child('Count', integer(), { optional: true }),
  flag: child('Flag', boolean, { optional: true }),
  owner: struct('Owner', { id: child('ID', text) }, { optional: true }),
  tags: list('Tag', { key: child('Key', text) }, { wrapper: 'TagSet' }),
  items: list('Item', { key: child('Key', text) }),
});

// What XML 1.0 can carry; a carriage return survives as a reference.
const xmlText = fc.string({
  unit: fc.constantFrom(...'aZ09 \t\n\r&<>"\'][!-/=;#é你😀\u00a0\u2028'),
});

describe('a described document', () => {
  it('is written in the order of its description', () => {
    expect(
      writeXml(shape, {
        name: 'a<b>&"c"',
        count: 3,
        tags: [{ key: 'k' }],
        items: [{ key: 'x' }, { key: 'y' }],
      }),
    ).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Root><Name>a&lt;b&gt;&amp;&quot;c&quot;</Name><Count>3</Count>' +
        '<TagSet><Tag><Key>k</Key></Tag></TagSet><Item><Key>x</Key></Item><Item><Key>y</Key></Item></Root>',
    );
  });

  it('is read back as it was written', () => {
    const value = fc.record(
      {
        name: xmlText,
        count: fc.nat(),
        flag: fc.boolean(),
        owner: fc.record({ id: xmlText }),
        tags: fc.array(fc.record({ key: xmlText })),
        items: fc.array(fc.record({ key: xmlText })),
      },
      { requiredKeys: ['name', 'tags', 'items'] },
    );
    fc.assert(
      fc.property(value, (written) => {
        expect(readXml(shape, writeXml(shape, written))).toEqual(written);
      }),
    );
  });

  it('may hold what the description does not know', () => {
    expect(
      readXml(shape, '<Root a="1"><!-- c --><Name>n</Name><New><Deep/></New><TagSet/></Root>'),
    ).toEqual({ name: 'n', tags: [], items: [] });
  });

  it('may hold CDATA, entities of XML itself and prefixes', () => {
    expect(
      readXml(
        shape,
        '<o:Root xmlns:o="u"><o:Name>a&amp;&#x4f60;<![CDATA[<b>]]></o:Name><TagSet/></o:Root>',
      ),
    ).toMatchObject({ name: 'a&你<b>' });
  });

  it.each([
    ['', 'must contain a root element'],
    ['not xml', 'text data outside of root'],
    ['<Root>', 'unclosed tag'],
    ['<Root></Rood>', 'unexpected close tag'],
    ['<Other/>', 'the root element is Other, not Root'],
    ['<Root/>', 'lacks the element Name'],
    ['<Root><Name/></Root>', 'lacks the element TagSet'],
    ['<Root><Name/><Name/><TagSet/></Root>', 'Name more than once'],
    ['<Root><Name/><Count>x</Count><TagSet/></Root>', 'Count has the illegal value "x"'],
    ['<Root><Name/><TagSet/></Root><Root/>', 'only one root'],
    ['<!DOCTYPE Root [<!ENTITY e "x">]><Root><Name>&e;</Name><TagSet/></Root>', 'document type'],
    ['<Root><Name>&e;</Name><TagSet/></Root>', 'undefined entity'],
    [`${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}`, 'nested too deeply'],
  ])('%s is refused', (document, reason) => {
    expect(() => readXml(shape, document)).toThrow(XmlSyntaxError);
    expect(() => readXml(shape, document)).toThrow(reason);
  });

  it('with more elements than any document needs is refused', () => {
    expect(() => parseXml(`<a>${'<b/>'.repeat(99_999)}</a>`)).not.toThrow();
    expect(() => parseXml(`<a>${'<b/>'.repeat(100_000)}</a>`)).toThrow('too many elements');
  });

  it('may be text alone', () => {
    const location = xmlTextShape('LocationConstraint', text);
    expect(writeXml(location, 'oss-cn-hangzhou')).toContain(
      '<LocationConstraint>oss-cn-hangzhou</LocationConstraint>',
    );
    expect(readXml(location, writeXml(location, 'oss-cn-hangzhou'))).toBe('oss-cn-hangzhou');
  });

  it('fails on arbitrary text with a syntax error or not at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (document) => {
        try {
          parseXml(`<a>${document}</a>`);
        } catch (error) {
          expect(error).toBeInstanceOf(XmlSyntaxError);
        }
      }),
    );
  });
});
