import { text } from '../operation/codec.js';
import { header, xmlBody } from '../operation/field.js';
import { operation } from '../operation/operation.js';
import { accessControlPolicy } from '../operation-parts/access-control-policy.js';
import { versionId } from '../operation-parts/version-id.js';

/** https://www.alibabacloud.com/help/en/oss/developer-reference/getobjectacl */
export const GetObjectAcl = operation({
  name: 'GetObjectAcl',
  doc: "Answers the ACL of an object; default where the bucket's counts.",
  match: { on: 'object', method: 'GET', query: { acl: null } },
  input: {
    versionId,
    requestPayer: header('x-oss-request-payer', text, 'Who pays for the request.', { flag: false }),
  },
  output: { result: xmlBody(accessControlPolicy, 'The owner and the ACL.', { required: true }) },
  actions: [
    {
      action: 'oss:GetObjectAcl',
      when: 'no version is named',
      applies: ({ versionId }) => versionId === undefined,
    },
    {
      action: 'oss:GetObjectVersionAcl',
      when: 'a version is named',
      applies: ({ versionId }) => versionId !== undefined,
    },
  ],
  errors: ['NoSuchKey', 'NoSuchVersion', 'VersionIdInvalid', 'VersionIdEmpty'],
  examples: [
    {
      doc: 'Show the ACL of an object.',
      command: 'ossutil api get-object-acl --bucket examplebucket --key exampleobject',
    },
  ],
});
