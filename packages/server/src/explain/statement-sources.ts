import type { CompiledPolicy, CompiledStatement } from '@openoss/access';
import type { GrantedPolicy, Permissions, Ram } from '@openoss/directory';
import type { Answer, ExplainedPrincipal } from '@openoss/rpc';
import type { ServedIdentities } from '../policy-language.js';
import { isForeign } from './explained-principal.js';

/** Where the statements of one decision stand, and what they say. */
export class StatementSources {
  readonly #ram: Ram;
  readonly #permissions: Permissions<CompiledPolicy>;
  readonly #documents: Readonly<Record<'bucket' | 'session', string | undefined>>;
  /** Whether decisions are about somebody of another account than the one that asks. */
  readonly isOfAnother: boolean;

  /** Those of decisions about somebody; `bucketPolicy` is the document of the bucket's, if one was asked. */
  static async of(
    identities: ServedIdentities,
    account: string,
    principal: ExplainedPrincipal,
    bucketPolicy: string | undefined,
  ): Promise<StatementSources> {
    const isOfAnother = isForeign(principal, account);
    const permissions: Permissions<CompiledPolicy> =
      principal.kind === 'anonymous' || isOfAnother
        ? { granted: [], session: undefined }
        : await identities.permissions.of(principal);
    const session = principal.kind === 'session' ? principal.sessionPolicy : undefined;
    const documents = { bucket: bucketPolicy, session };
    return new StatementSources(identities.ram(account), permissions, documents, isOfAnother);
  }

  private constructor(
    ram: Ram,
    permissions: Permissions<CompiledPolicy>,
    documents: { readonly bucket: string | undefined; readonly session: string | undefined },
    isOfAnother: boolean,
  ) {
    this.#ram = ram;
    this.#permissions = permissions;
    this.#documents = documents;
    this.isOfAnother = isOfAnother;
  }

  /** Which statement of which policy it is. */
  nameOf(statement: CompiledStatement): Answer {
    const { policy, index, effect } = statement;
    const granted = this.#grantedOf(statement);
    return {
      PolicyKind: policy.kind,
      PolicyName: policy.name,
      PolicyType: granted?.type,
      VersionId: granted?.version,
      GroupName: granted?.group,
      Index: index,
      Effect: effect,
    };
  }

  /** The same, with its JSON as `Document`. */
  async whole(statement: CompiledStatement): Promise<Answer> {
    return { ...this.nameOf(statement), Document: await this.#documentOf(statement) };
  }

  #grantedOf(statement: CompiledStatement): GrantedPolicy<CompiledPolicy> | undefined {
    if (statement.policy.kind !== 'ram') return undefined;
    const side = statement.effect === 'Deny' ? 'denies' : 'allows';
    return this.#permissions.granted.find(({ policy }) => policy[side].includes(statement));
  }

  async #documentOf(statement: CompiledStatement): Promise<string | undefined> {
    const { kind } = statement.policy;
    if (kind === 'bucket' || kind === 'session') {
      return statementIn(this.#documents[kind], statement.index);
    }
    const granted = this.#grantedOf(statement);
    if (granted === undefined) return undefined;
    const { type, name, version } = granted;
    const { policyDocument } = await this.#ram.policyVersions.get(type, name, version);
    return statementIn(policyDocument, statement.index);
  }
}

/** A statement of a document that is known to parse. */
function statementIn(document: string | undefined, index: number): string | undefined {
  if (document === undefined) return undefined;
  const { Statement: statements } = JSON.parse(document) as { readonly Statement: unknown };
  return JSON.stringify(Array.isArray(statements) ? statements[index] : statements);
}
