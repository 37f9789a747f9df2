import { text } from '../operation/codec.js';
import { child, list, xmlShape } from '../operation/xml-shape.js';

/** The tags of an object as a document. */
export const tagging = xmlShape('Tagging', {
  tags: list(
    'Tag',
    { key: child('Key', text), value: child('Value', text) },
    { wrapper: 'TagSet' },
  ),
});
