import { text } from '../operation/codec.js';
import { child } from '../operation/xml-shape.js';

/** The account that something belongs to. */
export const ownerMembers = {
  id: child('ID', text),
  displayName: child('DisplayName', text),
};
