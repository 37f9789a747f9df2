import { parseXml, XmlSyntaxError } from '../xml/xml-tree.js';
import { type FlatXmlElement, writeFlatXml } from '../xml/xml-writer.js';
import { type ErrorDetails, OssError } from './oss-error.js';

/** Where the page of an EC is; OSS puts it into `<RecommendDoc>`. */
const RECOMMENDED_DOC = 'https://api.aliyun.com/troubleshoot?q=';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/**
 * The `<Error>` document of a refusal (oss-protocol.md, 2.3). Characters that XML 1.0 cannot carry,
 * which a key or an argument may well hold, become U+FFFD: a client must be able to read why it was
 * refused.
 */
export function writeErrorDocument(
  error: Pick<OssError, 'code' | 'message' | 'ec' | 'details' | 'groups'>,
  requestId: string,
  hostId: string,
): string {
  const elements: FlatXmlElement[] = [
    ['Code', legible(error.code)],
    ['Message', legible(error.message)],
    ['RequestId', requestId],
    ['HostId', legible(hostId)],
    ...legibleEntries(error.details),
    ...Object.entries(error.groups).map(
      ([name, group]): FlatXmlElement => [name, legibleEntries(group)],
    ),
  ];
  if (error.ec !== undefined) {
    elements.push(['EC', error.ec], ['RecommendDoc', RECOMMENDED_DOC + error.ec]);
  }
  return writeFlatXml('Error', elements);
}

const legible = (text: string): string => text.replace(NOT_XML, '\uFFFD');

function legibleEntries(details: ErrorDetails): (readonly [string, string])[] {
  return Object.entries(details).map(([name, text]) => [name, legible(text)]);
}

/** What a client has of an answer that is not a success. */
export interface ErrorAnswer {
  readonly status: number;
  /** The error document: the body, or for HEAD the decoded `x-oss-err` header; empty if there is none. */
  readonly document: string;
  /** The `x-oss-request-id` header. */
  readonly requestId: string | undefined;
  /** The `x-oss-ec` header. */
  readonly ec: string | undefined;
}

const PLAIN_ELEMENTS = new Set(['Code', 'Message', 'RequestId', 'HostId', 'EC', 'RecommendDoc']);
/** How much of a body that cannot be read is shown, in characters, as the Go SDK v2 does. */
const SHOWN_OF_BAD_BODY = 256;

/**
 * The error that an answer carries. A body that is no `<Error>` document gives the code
 * `BadErrorResponse`, as the Go SDK v2 has it.
 */
export function readErrorAnswer(answer: ErrorAnswer): OssError {
  const { status, document, requestId, ec } = answer;
  if (document.trim() === '') {
    return OssError.received({ ...codeOfStatus(status), status, requestId, ec });
  }
  let elements: Map<string, string>;
  let groups: [string, ErrorDetails][];
  try {
    const root = parseXml(document);
    if (root.name !== 'Error')
      throw new XmlSyntaxError(`the root element is ${root.name}, not Error`);
    const [flat, nested] = [false, true].map((holdsElements) =>
      root.children.filter(({ children }) => children.length > 0 === holdsElements),
    );
    elements = new Map(flat?.map((child) => [child.name, child.text]));
    groups = (nested ?? []).map(({ name, children }) => [
      name,
      Object.fromEntries(children.map((child) => [child.name, child.text])),
    ]);
  } catch (error) {
    if (!(error instanceof XmlSyntaxError)) throw error;
    return OssError.received({
      status,
      code: 'BadErrorResponse',
      message: `Failed to parse xml from response body due to: ${error.message}. With part response body ${document.slice(0, SHOWN_OF_BAD_BODY)}.`,
      requestId,
      ec,
    });
  }
  return OssError.received({
    status,
    code: elements.get('Code') ?? '',
    message: elements.get('Message') ?? '',
    ec: elements.get('EC') ?? ec,
    requestId: elements.get('RequestId') ?? requestId,
    hostId: elements.get('HostId'),
    details: Object.fromEntries([...elements].filter(([name]) => !PLAIN_ELEMENTS.has(name))),
    groups: Object.fromEntries(groups),
  });
}

/** What is known of an error without a document: HTTP allows none in some answers. */
function codeOfStatus(status: number): { code: string; message: string } {
  switch (status) {
    case 304:
      return { code: 'NotModified', message: 'The object was not modified.' };
    case 404:
      return { code: 'NoSuchKey', message: 'The specified key does not exist.' };
    case 412:
      return {
        code: 'PreconditionFailed',
        message: 'At least one of the pre-conditions you specified did not hold.',
      };
    default:
      return {
        code: 'BadErrorResponse',
        message: `The service answered ${status} without saying why.`,
      };
  }
}
