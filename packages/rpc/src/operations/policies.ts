import type { Policy, PolicyVersion } from '@openoss/directory';
import type { Answer } from '../answer/answer-value.js';
import { type Operation, operation } from '../operation/operation.js';
import { boolean, integer, oneOf, optional, required, text } from '../operation/parameter.js';
import { RAM } from '../product.js';
import { policyType } from './policy-parameters.js';
import { asCreated, shownDate, shownPage } from './shown.js';

const policyName = required('PolicyName', text);
const policyDocument = required('PolicyDocument', text);
const versionId = required('VersionId', text);
const thisPolicy = (input: { readonly policyName: string }) => [`policy/${input.policyName}`];

const shownPolicy = (policy: Policy): Answer => ({
  PolicyName: policy.policyName,
  PolicyType: policy.policyType,
  Description: policy.description,
  DefaultVersion: policy.defaultVersion,
  AttachmentCount: policy.attachmentCount,
  CreateDate: shownDate(policy.createDate),
  UpdateDate: shownDate(policy.updateDate),
});

const shownVersion = (version: PolicyVersion): Answer => ({
  VersionId: version.versionId,
  IsDefaultVersion: version.isDefaultVersion,
  PolicyDocument: version.policyDocument,
  CreateDate: shownDate(version.createDate),
});

/** https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-dir-policy-management/ */
export const policyOperations: readonly Operation[] = [
  operation({
    product: RAM,
    name: 'CreatePolicy',
    doc: 'Creates a custom policy.',
    parameters: { policyName, policyDocument, description: optional('Description', text) },
    unsupported: ['Tag'],
    resources: thisPolicy,
    run: async (input, { ram }) => {
      const { AttachmentCount: _, ...policy } = shownPolicy(await ram.policies.create(input));
      return { Policy: asCreated(policy) };
    },
  }),
  operation({
    product: RAM,
    name: 'GetPolicy',
    doc: 'Tells about a policy, with the document that counts.',
    parameters: { policyName, policyType },
    resources: thisPolicy,
    run: async (input, { ram }) => {
      const policy = await ram.policies.get(input.policyType, input.policyName);
      const { policyType: type, policyName: name, defaultVersion } = policy;
      const version = await ram.policyVersions.get(type, name, defaultVersion);
      return {
        Policy: { ...shownPolicy(policy), PolicyDocument: policy.policyDocument },
        DefaultPolicyVersion: shownVersion(version),
      };
    },
  }),
  operation({
    product: RAM,
    name: 'UpdatePolicyDescription',
    doc: 'Changes the description of a custom policy.',
    parameters: { policyName, description: required('NewDescription', text) },
    resources: thisPolicy,
    run: async (input, { ram }) => {
      const policy = await ram.policies.updateDescription(input.policyName, input.description);
      return { Policy: shownPolicy(policy) };
    },
  }),
  operation({
    product: RAM,
    name: 'DeletePolicy',
    doc: 'Deletes a custom policy that has one version and is attached to nothing.',
    parameters: { policyName },
    unsupported: ['CascadingDelete'],
    resources: thisPolicy,
    run: async (input, { ram }) => {
      await ram.policies.delete(input.policyName);
      return {};
    },
  }),
  operation({
    product: RAM,
    name: 'ListPolicies',
    doc: 'Lists policies: those of the system, those of the account, or both.',
    parameters: {
      policyType: optional('PolicyType', policyType.type),
      marker: optional('Marker', text),
      maxItems: optional('MaxItems', integer),
    },
    unsupported: ['Tag'],
    resources: () => ['policy/*'],
    run: async (input, { ram }) => {
      const page = await ram.policies.list(input);
      return { ...shownPage(page), Policies: { Policy: page.items.map(shownPolicy) } };
    },
  }),
  operation({
    product: RAM,
    name: 'CreatePolicyVersion',
    doc: 'Adds a version to a custom policy.',
    parameters: {
      policyName,
      policyDocument,
      setAsDefault: optional('SetAsDefault', boolean),
      rotateStrategy: optional(
        'RotateStrategy',
        oneOf('None', 'DeleteOldestNonDefaultVersionWhenLimitExceeded'),
      ),
    },
    resources: thisPolicy,
    run: async (input, { ram }) => ({
      PolicyVersion: shownVersion(await ram.policyVersions.create(input)),
    }),
  }),
  operation({
    product: RAM,
    name: 'GetPolicyVersion',
    doc: 'Shows one version of a policy.',
    parameters: { policyName, policyType, versionId },
    resources: thisPolicy,
    run: async (input, { ram }) => {
      const { policyType: type, policyName: name } = input;
      return {
        PolicyVersion: shownVersion(await ram.policyVersions.get(type, name, input.versionId)),
      };
    },
  }),
  operation({
    product: RAM,
    name: 'ListPolicyVersions',
    doc: 'Lists the versions of a policy.',
    parameters: { policyName, policyType },
    resources: thisPolicy,
    run: async (input, { ram }) => {
      const versions = await ram.policyVersions.list(input.policyType, input.policyName);
      return { PolicyVersions: { PolicyVersion: versions.map(shownVersion) } };
    },
  }),
  operation({
    product: RAM,
    name: 'SetDefaultPolicyVersion',
    doc: 'Lets another version of a custom policy count.',
    parameters: { policyName, versionId },
    resources: thisPolicy,
    run: async (input, { ram }) => {
      await ram.policyVersions.setDefault(input.policyName, input.versionId);
      return {};
    },
  }),
  operation({
    product: RAM,
    name: 'DeletePolicyVersion',
    doc: 'Deletes a version of a custom policy that is not the one that counts.',
    parameters: { policyName, versionId },
    resources: thisPolicy,
    run: async (input, { ram }) => {
      await ram.policyVersions.delete(input.policyName, input.versionId);
      return {};
    },
  }),
];
