import { objectAcls } from '../model/access-control-list.js';
import { oneOf, text } from '../operation/codec.js';
import { header } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { versionId } from '../operation-parts/version-id.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/putobjectacl */
export const PutObjectAcl = operation({
  name: 'PutObjectAcl',
  doc: 'Sets the ACL of an object.',
  match: { on: 'object', method: 'PUT', query: { acl: null } },
  input: {
    objectAcl: header(
      'x-oss-object-acl',
      oneOf(objectAcls),
      'The access control list (ACL) of the object.',
      {
        required: true,
        invalid: 'ObjectAclInvalid',
        empty: 'ObjectAclEmpty',
        missing: 'ObjectAclEmpty',
      },
    ),
    versionId,
    requestPayer: header('x-oss-request-payer', text, 'Who pays for the request.', { flag: false }),
  },
  output: {},
  actions: [
    {
      action: 'oss:PutObjectAcl',
      when: 'no version is named',
      applies: ({ versionId }) => versionId === undefined,
    },
    {
      action: 'oss:PutObjectVersionAcl',
      when: 'a version is named',
      applies: ({ versionId }) => versionId !== undefined,
    },
  ],
  errors: [
    'PublicObjectAclBlocked',
    'ObjectAclInvalid',
    'ObjectAclEmpty',
    'NoSuchKey',
    'NoSuchVersion',
    'VersionIdInvalid',
    'VersionIdEmpty',
  ],
  examples: [
    {
      doc: 'Let everybody read an object.',
      command:
        'ossutil api put-object-acl --bucket examplebucket --key exampleobject --object-acl public-read',
    },
  ],
});
