import { arnOf, type PolicyCompiler, type PolicyLanguage } from '../index.js';

/** What tests make of a document. */
export interface PlainPolicy {
  readonly statements: readonly unknown[];
  /** Who may assume the role of a trust policy, as ARNs. */
  readonly trusted: readonly string[];
}

const reading = (document: string): ReturnType<PolicyCompiler<PlainPolicy>> => {
  let read: { readonly Statement?: readonly unknown[]; readonly Trusted?: readonly string[] };
  try {
    read = JSON.parse(document);
  } catch {
    return { malformed: 'the document is no JSON' };
  }
  if (!Array.isArray(read.Statement)) return { malformed: 'Statement is missing' };
  return { policy: { statements: read.Statement, trusted: read.Trusted ?? [] } };
};

const mayAskFor: PolicyLanguage<PlainPolicy, PlainPolicy>['mayAskFor'] = ({
  permissions,
  context,
}) =>
  !permissions.granted.some(({ policy }) => policy.statements.includes('never')) &&
  context('sts:ExternalId') !== 'wrong';

/**
 * The plainest policy language there can be: it sees that a document has statements. Who is trusted may
 * assume a role, if none of its policies says `never` and the external id is not `wrong`.
 */
export const plainLanguage: PolicyLanguage<PlainPolicy, PlainPolicy> = {
  managed: reading,
  session: reading,
  trust: reading,
  mayAskFor,
  mayAssume: ({ trust: { trusted }, ...question }) =>
    (trusted.includes(arnOf(question.caller)) ||
      trusted.includes(`acs:ram::${question.caller.account}:root`)) &&
    mayAskFor(question),
};

/** A document with one statement. */
export const document = (statement: unknown = {}): string =>
  JSON.stringify({ Version: '1', Statement: [statement] });

/** A trust policy that lets those of the ARNs assume its role. */
export const trusting = (...trusted: string[]): string =>
  JSON.stringify({ Version: '1', Statement: [{}], Trusted: trusted });
