import { mutated, strangeValue } from './strange-values.mjs';

/**
 * @import { XmlContent, XmlShape } from '@openoss/protocol'
 * @import { SeededRandom } from '../workload/seeded-random.mjs'
 */

/** Ways in which documents are hostile, or just wrong. @type {readonly ((document: string, random: SeededRandom) => string)[]} */
const WAYS = [
  (document, random) => mutated(random, document),
  (document, random) => mutated(random, mutated(random, document)),
  (document, random) => '<a>'.repeat(random.pick([63, 64, 65, 2000])) + document,
  (document) => `<!DOCTYPE x [<!ENTITY e "${'&f;'.repeat(10)}"><!ENTITY f "x">]>${document}`,
  (document) => `<!DOCTYPE x SYSTEM "file:///etc/passwd">${document}`,
  (document) => `\xef\xbb\xbf${document}`,
  (document) => `<?xml version="1.0" encoding="UTF-16"?>${document}`,
  (document) => Buffer.from(`\ufeff${document}`, 'utf16le').toString('latin1'),
  (document) => document.replace('>', ' xmlns="http://doc.oss-cn-hangzhou.aliyuncs.com">'),
  (document) => document.replaceAll(/<(\/?)/g, '<$1o:'),
  (document) => document.replace('>', ` ${'a="b" '.repeat(100)}>`),
  (document) => `${document}${document}`,
  (document) => document.slice(0, -1),
  (document) => `<!--${'-'.repeat(20)}${document}`,
  (document) => document.replaceAll(/>([^<]+)</g, '><![CDATA[$1]]><'),
  (document) => document.replaceAll('</', '&e;&#0;&#xFFFFFFFF;&#55296;</'),
  (document, random) => document + ' '.repeat(random.pick([1, 50_000])),
  (document) => document.replace(/<(\w+)>(?=[^<]*<\/)/, (tag) => tag + 'x'.repeat(20_000)),
  () => '',
];

/**
 * An XML body for an operation, right or wrong, as a byte string.
 * @param {SeededRandom} random
 * @param {XmlShape} shape
 */
export function generateDocument(random, shape) {
  const document = `<${shape.root}>${contentOf(random, shape.content)}</${shape.root}>`;
  return random.chance(0.4) ? document : random.pick(WAYS)(document, random);
}

/**
 * @param {SeededRandom} random
 * @param {XmlContent} content
 * @returns {string}
 */
function contentOf(random, content) {
  if (content.kind === 'text') {
    const { type, values } = content.codec;
    if (random.chance(0.2)) return strangeValue(random).replaceAll(/[<&]/g, '');
    if (values !== undefined) return random.pick(values);
    return type === 'integer' ? String(random.below(9)) : random.pick(['k0', 'k1', 'Value', 'a b']);
  }
  let text = '';
  for (const { name, content: inner, optional, repeated } of Object.values(content.members)) {
    if ((optional && random.chance(0.5)) || random.chance(0.05)) continue;
    const times = repeated === undefined ? 1 : random.pick([0, 1, 1, 2, 3, 11]);
    let elements = '';
    for (let time = 0; time < times; time++) {
      elements += `<${name}>${contentOf(random, inner)}</${name}>`;
    }
    const wrapper = repeated?.wrapper;
    text += wrapper === undefined ? elements : `<${wrapper}>${elements}</${wrapper}>`;
  }
  return text;
}
