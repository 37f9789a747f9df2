import { formatResource } from '@openoss/access';
import { KmsError } from '@openoss/kms';
import { GetObject, type OssError, PutObject } from '@openoss/protocol';
import { type AccessInquiry, type Answer, kmsActions, RpcError } from '@openoss/rpc';
import { refusalOfKms } from '../encryption/kms-refusal.js';
import type { Authorizer } from '../stages/authorize.js';
import type { ServedAccess } from './access-explainer.js';
import { inquiredKmsResource } from './inquired-kms-resource.js';
import { lookUpKey } from './key-decision.js';
import { shownRefusal, shownRefused, shownSteps, shownVerdict } from './shown-decision.js';
import { StatementSources } from './statement-sources.js';
import { toldRequest } from './told-request.js';

const KMS = /^kms:/i;

/** Whether it is keys of KMS that are asked about; throws RpcError for a question about both. */
export function isOfKms(actions: readonly string[]): boolean {
  const ofKms = actions.filter((action) => KMS.test(action));
  if (ofKms.length === 0 || ofKms.length === actions.length) return ofKms.length > 0;
  throw RpcError.invalid(
    'Actions',
    'ask about actions of OSS or of KMS: which key an object needs is told with it',
  );
}

const lower = (action: string): string => action.toLowerCase();
const KNOWN: ReadonlySet<string> = new Set(kmsActions.map(lower));
/** What OSS does with keys for whoever asks; everything else only calls of KMS do. */
const BY_OSS: ReadonlySet<string> = new Set(
  [...PutObject.keyActions, ...GetObject.keyActions].map(lower),
);
/** What is done to an alias itself, besides to its key. */
const TO_ALIASES: ReadonlySet<string> = new Set(
  ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'].map(lower),
);

/** What a question about KMS comes to be about. */
interface Subject {
  readonly relativeId: string;
  readonly notes: readonly string[];
}

/** Decides about actions on keys of the account, by what decides about those of encrypted objects. */
export async function explainKmsActions(
  inquiry: AccessInquiry,
  served: ServedAccess,
  authorizer: Authorizer,
): Promise<Answer> {
  const { account, principal, actions } = inquiry;
  const { region, identities, isSecure, now } = served;
  const named = inquiredKmsResource(inquiry.resource, { region, account });
  const told = toldRequest(inquiry.context, { operation: '', isSecure, now: now() });
  const subject = await subjectOf(named, inquiry, served);
  const relativeId = 'relativeId' in subject ? subject.relativeId : named;
  const about = {
    Resource: formatResource({ service: 'kms', region, account, relativeId }),
    Actions: actions.map((Name) => ({ Name })),
  };
  const unknown = actions
    .filter((action) => !KNOWN.has(lower(action)))
    .map((action) => `No call of KMS that this server serves asks for ${action}.`);
  if (!('relativeId' in subject)) {
    return { ...about, ...shownRefused(subject), Steps: [], Unanswered: [], Notes: texts(unknown) };
  }
  const authorization = await authorizer.prepare({
    caller: { principal, accessKeyId: told.facts.accessKeyId, hasLooked: false },
    actions,
    bucketName: undefined,
    key: undefined,
    bucket: undefined,
    region,
    facts: () => told.facts,
  });
  const explained = authorization.explainKey(relativeId, actions);
  const sources = await StatementSources.of(identities, account, principal, undefined);
  const isByOss = actions.every((action) => BY_OSS.has(lower(action)));
  const { allowed } = explained.explanation.verdict;
  const byKms =
    principal.kind === 'anonymous'
      ? 'Calls of KMS itself are signed: nobody makes one without an identity.'
      : 'That is what OSS answers. A call of KMS itself is refused with 403 Forbidden.NoPermission.';
  const notes = [...unknown, ...subject.notes, ...(isByOss && !allowed ? [byKms] : [])];
  const Refusal = allowed || isByOss ? {} : { Refusal: shownRefusal(KmsError.of('NoPermission')) };
  return {
    ...about,
    ...(await shownVerdict(explained, sources)),
    ...Refusal,
    ...shownSteps([explained], sources),
    Notes: texts(notes),
  };
}

const texts = (notes: readonly string[]): readonly Answer[] => notes.map((Text) => ({ Text }));

/** Finds the key of an alias, and how it is with the key; the refusal where an alias cannot be looked up. */
async function subjectOf(
  named: string,
  { account, actions }: AccessInquiry,
  { keys }: ServedAccess,
): Promise<Subject | OssError> {
  const isAlias = named.startsWith('alias/');
  const isKey = named.startsWith('key/');
  if (!isKey && (!isAlias || actions.every((action) => TO_ALIASES.has(lower(action))))) {
    return { relativeId: named, notes: [] };
  }
  const name = isKey ? named.slice('key/'.length) : named;
  const { found, error } = await lookUpKey(keys, account, name);
  if (found !== undefined) {
    const stands = isAlias ? [`${named} stands for key ${found.keyId}.`] : [];
    const state =
      found.state === 'Enabled' ? [] : [`The key cannot be used: it is ${found.state}.`];
    return { relativeId: `key/${found.keyId}`, notes: [...stands, ...state] };
  }
  const { reason, message } = error;
  if (reason === 'KeyNotFound' || reason === 'AliasNotFound') {
    return { relativeId: named, notes: [`There is no ${isAlias ? named : `key ${name}`}.`] };
  }
  if (isAlias) return refusalOfKms(error, undefined);
  return { relativeId: named, notes: [`Whether there is such a key cannot be told. ${message}`] };
}
