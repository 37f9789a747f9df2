import { objectAcls } from '../model/access-control-list.js';
import { oneOf } from '../operation/codec.js';
import { child, struct, xmlShape } from '../operation/xml-shape.js';
import { ownerMembers } from './owner.js';

/** Whose a bucket or an object is, and its ACL. */
export const accessControlPolicy = xmlShape('AccessControlPolicy', {
  owner: struct('Owner', ownerMembers),
  accessControlList: struct('AccessControlList', { grant: child('Grant', oneOf(objectAcls)) }),
});
