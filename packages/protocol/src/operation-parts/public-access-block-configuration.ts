import { boolean } from '../operation/codec.js';
import { child, xmlShape } from '../operation/xml-shape.js';

/** Whether Block Public Access is on. */
export const publicAccessBlockConfiguration = xmlShape('PublicAccessBlockConfiguration', {
  blockPublicAccess: child('BlockPublicAccess', boolean),
});
