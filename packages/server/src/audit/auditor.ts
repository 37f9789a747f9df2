import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { OssError } from '@openoss/protocol';
import type { FinishedCall } from '@openoss/rpc';
import type { Logger } from 'pino';
import type { Exchange } from '../http/exchange.js';
import type { AuditLog } from './audit-log.js';
import { type AuditRecord, auditLine } from './audit-record.js';
import { callRecord } from './call-record.js';
import { exchangeRecord, refusedSocketRecord } from './exchange-record.js';

export interface AuditorOptions {
  readonly lines: AuditLog;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Logger;
}

/** Writes down everything that was asked, when it is over. Never throws. */
export class Auditor {
  readonly #lines: AuditLog;
  readonly #region: string;
  readonly #now: () => number;
  readonly #log: Logger;

  constructor({ lines, region, now, log }: AuditorOptions) {
    this.#lines = lines;
    this.#region = region;
    this.#now = now;
    this.#log = log;
  }

  /** A request to OSS; its head had come `milliseconds` ago. */
  exchange(exchange: Exchange, milliseconds: number): void {
    this.#add(() =>
      exchangeRecord(exchange, { now: this.#now(), milliseconds, region: this.#region }),
    );
  }

  /** A connection that is about to be refused without a request. */
  socket(socket: Socket, peer: string | undefined, refusal: OssError, requestId: string): void {
    const refused = {
      requestId,
      refusal,
      peer,
      isSecure: (socket as Partial<TLSSocket>).encrypted === true,
      isAnswered: socket.writable,
    };
    this.#add(() => refusedSocketRecord(refused, this.#now()));
  }

  /** A call of RAM, STS or KMS. */
  call(call: FinishedCall): void {
    this.#add(() => callRecord(call, { now: this.#now(), region: this.#region }));
  }

  #add(record: () => AuditRecord): void {
    try {
      this.#lines.add(auditLine(record()));
    } catch (error) {
      this.#lines.lose(1);
      this.#log.error({ err: error }, 'an audit line could not be made');
    }
  }
}
