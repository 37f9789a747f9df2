import { isUtf8 } from 'node:buffer';
import type { Directory } from '@openoss/directory';
import {
  bodyField,
  decodeXmlBody,
  type InputDecoder,
  inputDecoder,
  type Operation,
  OssError,
  type OutputEncoder,
  outputEncoder,
  Router,
} from '@openoss/protocol';
import type { Awaitable, BucketRecord, ObjectRecord, ObjectStore } from '@openoss/storage';
import type { Admission } from './admission.js';
import type { ObjectEncryption } from './encryption/object-encryption.js';
import type { BoundHandler, HandlerContext } from './handler.js';
import { handlers } from './handlers/index.js';
import type { Answer } from './http/answer.js';
import { checkBodyMd5 } from './http/content-md5.js';
import type { Exchange } from './http/exchange.js';
import { declaredSize, hasBody, incomingBody } from './http/incoming-body.js';
import { noSuchBucket } from './objects/named-bucket.js';
import { policyLanguage } from './policy-language.js';
import type { ServerSettings } from './settings.js';
import { refuseAccessRestrictions } from './stages/access-restrictions.js';
import { addressOf, type RequestAddress } from './stages/address.js';
import { authenticate } from './stages/authenticate.js';
import {
  Authorization,
  Authorizer,
  actionsAsked,
  actionsOf,
  bucketAsked,
} from './stages/authorize.js';

interface Route {
  readonly handler: BoundHandler;
  readonly decode: InputDecoder;
  readonly encode: OutputEncoder;
  readonly body: ReturnType<typeof bodyField>;
}

/** What the pipeline stands on. */
export interface PipelineParts {
  readonly store: ObjectStore;
  readonly directory: Directory;
  readonly settings: ServerSettings;
  readonly admission: Admission;
  readonly encryption: ObjectEncryption;
}

/**
 * The way of every request: which operation, who is asking, is it well said, does the bucket exist,
 * may they; then the handler; then its answer in wire form. Each stage refuses by throwing an
 * `OssError`, and everything that can be refused without the body is refused before it is read.
 */
export class Pipeline {
  readonly #store: ObjectStore;
  readonly #directory: Directory;
  readonly #authorizer: Authorizer;
  readonly #settings: ServerSettings;
  readonly #admission: Admission;
  readonly #encryption: ObjectEncryption;
  readonly #router: Router;
  readonly #routes: ReadonlyMap<Operation, Route>;

  constructor({ store, directory, settings, admission, encryption }: PipelineParts) {
    this.#store = store;
    this.#directory = directory;
    const { permissions } = directory.identities(policyLanguage);
    this.#authorizer = new Authorizer(directory, permissions);
    this.#settings = settings;
    this.#admission = admission;
    this.#encryption = encryption;
    this.#router = new Router(handlers.map(({ operation }) => operation));
    this.#routes = new Map(
      handlers.map((handler) => [
        handler.operation,
        {
          handler,
          decode: inputDecoder(handler.operation),
          encode: outputEncoder(handler.operation),
          body: bodyField(handler.operation),
        },
      ]),
    );
  }

  /** Serves one request; throws what refuses it. */
  async serve(exchange: Exchange): Promise<Answer> {
    const { request, headers } = exchange;
    const method = request.method ?? '';
    const address = addressOf(request.url ?? '/', headers, this.#settings);
    exchange.address = address;
    const { handler, decode, encode, body } = this.#routeOf(address, method);
    const { operation } = handler;
    exchange.operation = operation.name;

    const { bucket: bucketName, key, query } = address;
    refuseAccessRestrictions(headers, query);
    const caller = await authenticate(
      { method, bucket: bucketName, key, query, headers },
      this.#directory,
      this.#settings,
    );
    exchange.caller = caller;

    const input = decode(headers, query);
    input.bucket = bucketName;
    input.key = key;
    const size = body?.field.kind === 'payload' ? declaredSize(exchange) : undefined;
    if (body?.field.kind === 'payload') {
      const { maxBytes } = body.field;
      if (size !== undefined && maxBytes !== undefined && size > maxBytes)
        throw tooLarge(size, maxBytes);
    }

    const bucket = await this.#bucketOf(handler, bucketName);
    const asked = bucketAsked(bucket, handler, caller);
    const prepared = this.#authorizer.prepare({
      caller,
      actions: actionsAsked(actionsOf(operation, input), handler, bucket),
      bucketName,
      key,
      bucket: asked,
      region: this.#settings.region,
      facts: () => ({
        exchange,
        operation: operation.name,
        input,
        accessKeyId: caller.accessKeyId,
        now: this.#settings.now(),
      }),
    });
    const authorization = prepared instanceof Authorization ? prepared : await prepared;
    exchange.authorization = authorization;
    // Tags that a request sets in its body are known, and can be asked for, when that has been read.
    const waitsForBody = body?.field.kind === 'xml' && authorization.dependsOnRequestTags;
    let matters = false;
    if (!waitsForBody) {
      const decided = this.#authorize(authorization, handler, asked, key);
      matters = typeof decided === 'boolean' ? decided : await decided;
    }

    if (body?.field.kind === 'payload') {
      input[body.property] = incomingBody(exchange, size, {
        idleTimeout: this.#settings.bodyIdleTimeout,
      });
    } else if (body !== undefined) {
      const document = await this.#readXml(exchange, body.field, headers.get('content-md5'));
      exchange.document = document;
      // While it came, the bucket may have been deleted, and another account may have made one of its name.
      if (document !== undefined && bucket !== undefined) await this.#requireStill(bucket);
      if (document !== undefined) input[body.property] = document;
      else if (body.field.required) throw new OssError('MalformedXml');
    }

    if (waitsForBody) matters = await this.#authorize(authorization, handler, asked, key);

    const context: Omit<HandlerContext<Operation>, 'input'> & { readonly input: object } = {
      input,
      bucket,
      caller,
      store: this.#store,
      directory: this.#directory,
      settings: this.#settings,
      encryption: this.#encryption,
      admit: matters
        ? (existing: ObjectRecord | undefined) => authorization.checkObject(key, existing)
        : admitAll,
      authorization,
      headers,
    };
    const { status, output } = await handler.serve(context as never);
    const encoded = encode(output as Readonly<Record<string, unknown>>);
    const successStatus = status ?? operation.success[0] ?? 200;
    if (encoded.xml !== undefined) {
      return {
        status: successStatus,
        headers: [['Content-Type', 'application/xml'], ...encoded.headers],
        body: encoded.xml,
      };
    }
    return {
      status: successStatus,
      headers: encoded.headers,
      body: encoded.payload as Answer['body'],
    };
  }

  /** Throws the denial; otherwise tells whether the object has a say, so that it is asked again when it is at hand. */
  #authorize(
    authorization: Authorization,
    handler: BoundHandler,
    bucket: BucketRecord | undefined,
    key: string | undefined,
  ): Awaitable<boolean> {
    if (handler.authorizesEachObject) {
      // Here for the bucket, before its body is read, and by its handler for each object.
      authorization.checkBucket();
      return true;
    }
    // A bucket that the caller's account has already is its handler's matter: it is refused in other words.
    if (handler.createsBucket && bucket !== undefined) return true;
    if (authorization.isAllowedWithoutObject()) return false;
    if (bucket === undefined || key === undefined) {
      authorization.checkObject(key, undefined);
      return true;
    }
    return this.#store.getObject(bucket, key).then((object) => {
      authorization.checkObject(key, object);
      return true;
    });
  }

  #routeOf(address: RequestAddress, method: string): Route {
    const routed = this.#router.route(address.on, method, address.query);
    if (routed.found === 'operation') {
      const route = this.#routes.get(routed.operation);
      if (route !== undefined) return route;
    }
    if (routed.found === 'nothing' && routed.parameter !== undefined) {
      throw new OssError('OperationNotImplemented', {
        message: `This server does not implement the operation ${method} ?${routed.parameter} on ${an(address.on)}.`,
        details: { Method: method, ResourceType: address.on, Parameter: routed.parameter },
      });
    }
    throw new OssError('MethodNotAllowed', {
      details: {
        Method: method,
        ResourceType:
          address.on === 'object' ? 'Object' : address.on === 'bucket' ? 'Bucket' : 'Service',
      },
    });
  }

  async #bucketOf(
    handler: BoundHandler,
    name: string | undefined,
  ): Promise<BucketRecord | undefined> {
    if (name === undefined) return undefined;
    const bucket = await this.#store.getBucket(name);
    if (bucket === undefined && !handler.bucketOptional) {
      throw noSuchBucket(name);
    }
    return bucket;
  }

  async #requireStill({ name, incarnation }: BucketRecord): Promise<void> {
    if ((await this.#store.getBucket(name))?.incarnation !== incarnation) throw noSuchBucket(name);
  }

  async #readXml(
    exchange: Exchange,
    field: NonNullable<Route['body']>['field'],
    md5: string | undefined,
  ): Promise<unknown> {
    if (field.kind !== 'xml' || !hasBody(exchange)) return undefined;
    const size = declaredSize(exchange);
    const body = incomingBody(exchange, size, { idleTimeout: this.#settings.bodyIdleTimeout });
    const letGo = this.#admission.holdDocument(Math.min(size ?? field.maxBytes, field.maxBytes));
    const tooLong = () =>
      new OssError('MalformedXml', {
        details: { Reason: `the document is longer than ${field.maxBytes} bytes` },
      });
    const bytes = await body.whole(field.maxBytes, tooLong).finally(letGo);
    if (bytes.length === 0) return undefined;
    checkBodyMd5(bytes, md5);
    // Decoding would put U+FFFD for every bad byte, and so make of a name another name.
    if (!isUtf8(bytes)) {
      throw new OssError('MalformedXml', { details: { Reason: 'the document is not UTF-8' } });
    }
    return decodeXmlBody(field, bytes.toString('utf8'));
  }
}

const admitAll = () => {};

function an(target: string): string {
  return target === 'object' ? 'an object' : `a ${target}`;
}

function tooLarge(size: number, maxBytes: number): OssError {
  return new OssError('EntityTooLarge', {
    details: { ProposedSize: String(size), MaxSizeAllowed: String(maxBytes) },
  });
}
