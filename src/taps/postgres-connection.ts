import type { ConnectionEnd, ConnectionObserver } from '../model/connection.ts';
import type {
  DatabaseConnectionKind,
  DatabaseConnectionState,
  DatabaseSink,
} from '../model/database-traffic.ts';
import type { Clock } from '../model/clock.ts';
import { MessageFramer } from '../postgres/message-framer.ts';
import { TLS_HANDSHAKE_BYTE } from '../postgres/start-up-codes.ts';
import { readStartUpPacket, startUpLength } from '../postgres/start-up-packet.ts';
import { CLIENT_MESSAGES, PostgresClientReader } from './postgres-client-reader.ts';
import { PostgresQueries } from './postgres-queries.ts';
import { isFromRunning, PostgresServerReader, SERVER_MESSAGES } from './postgres-server-reader.ts';
import type { PostgresTapOptions } from './postgres-tap-options.ts';

const NOTHING = Buffer.alloc(0);
const LENGTH_BYTES = 4;
const NO = 0x4e; // N
const TLS_GRANTED = 0x53; // S
const GSSAPI_GRANTED = 0x47; // G
const ERROR_RESPONSE = 0x45; // E
const OUTSIDE_OF_TRANSACTION = 0x49; // I

/** What a connection knows of the others. */
export interface Neighbours {
  /** A process of the database serves this connection from now on. */
  readonly identify: (processId: number, connection: PostgresConnection) => void;
  /** Somebody asks to cancel what a process of the database does. */
  readonly cancel: (processId: number) => void;
  /** Something may be different from what it was. */
  readonly stirred: () => void;
  readonly closed: (connection: PostgresConnection) => void;
}

/** Watches one connection of a client to PostgreSQL, from the start-up packet on. */
export class PostgresConnection implements ConnectionObserver {
  readonly queries: PostgresQueries;
  /** The process of the database that serves it, as far as it has told. */
  processId: number | undefined;
  readonly #sink: DatabaseSink;
  readonly #clock: Clock;
  readonly #neighbours: Neighbours;
  readonly #clientReader: PostgresClientReader;
  readonly #client: MessageFramer;
  readonly #server: MessageFramer;
  /** `opaque` and `over`: nothing is read any more, because it cannot be, or because it was all. */
  #phase: 'start_up' | 'messages' | 'opaque' | 'over' = 'start_up';
  /** The start-up packet as far as it has come; let go of when it is read. */
  #packet: Buffer = NOTHING;
  /** Requests for encryption that await their byte. */
  #encryptionRequests = 0;
  #serverSpoke = false;
  #hasServerEnded = false;
  #isKindKnown = false;

  constructor(options: () => PostgresTapOptions, sink: DatabaseSink, clock: Clock, neighbours: Neighbours) {
    this.#sink = sink;
    this.#clock = clock;
    this.#neighbours = neighbours;
    this.queries = new PostgresQueries(sink, options);
    const onBroken = () => this.#notPostgres();
    this.#clientReader = new PostgresClientReader(this.queries.requests, options, onBroken);
    this.#client = new MessageFramer(CLIENT_MESSAGES, this.#clientReader);
    this.#server = new MessageFramer(
      SERVER_MESSAGES,
      new PostgresServerReader(this.queries, {
        onProcessId: (processId) => neighbours.identify(processId, this),
        onReady: (status) => this.#ready(status),
        onBroken,
      }),
    );
  }

  fromClient(chunk: Buffer): void {
    if (this.#isUnread()) return;
    this.#neighbours.stirred();
    this.queries.requests.atMs = this.#clock.nowMs();
    const from = this.#phase === 'start_up' ? this.#startUp(chunk) : 0;
    if (this.#phase === 'messages') this.#client.push(chunk, from);
  }

  fromServer(chunk: Buffer): void {
    if (this.#isUnread() || chunk.length === 0) return;
    this.#neighbours.stirred();
    this.queries.atMs = this.#clock.nowMs();
    let from = 0;
    if (!this.#serverSpoke) {
      for (; from < chunk.length && this.#encryptionRequests > 0; from++)
        if (!this.#declined(chunk[from]!)) break;
      if (this.#isUnread() || from === chunk.length) return;
      this.#serverSpoke = true;
      if (!this.#isSane(chunk, from)) return;
    }
    this.#server.push(chunk, from);
    this.queries.settle(isFromRunning(this.#server.lastType));
  }

  serverEnded(): void {
    this.#neighbours.stirred();
    this.#hasServerEnded = true;
    if (this.#phase !== 'messages') return;
    this.queries.atMs = this.#clock.nowMs();
    this.queries.databaseEnded();
  }

  end(outcome: ConnectionEnd): void {
    if (outcome.kind === 'unreachable') this.#failed('unreachable');
    else if (outcome.kind === 'timeout') this.#failed('connect_timeout');
    else if (this.#phase === 'messages' && outcome.kind !== 'shutdown') {
      this.queries.atMs = this.#clock.nowMs();
      if (outcome.by === 'upstream') this.queries.databaseEnded();
      else this.queries.clientEnded();
    }
    this.#is('unknown');
    this.#stop('over');
    this.#neighbours.closed(this);
  }

  isIdle(): boolean | undefined {
    const state = this.state();
    return state === 'opaque' ? undefined : state === 'idle' || state === 'closing';
  }

  /** The state that it is in. */
  state(): DatabaseConnectionState {
    if (this.#hasServerEnded) return 'closing';
    return this.#phase === 'opaque' ? 'opaque' : this.queries.state();
  }

  /** Things that memory is held for beyond a fixed size: queue entries, names, bytes of a start-up packet. */
  retained(): number {
    return this.queries.capacity + this.#clientReader.names + this.#packet.length;
  }

  /** Reads start-up packets, each of which may come in pieces; returns the index of what follows them. */
  #startUp(chunk: Buffer): number {
    let at = 0;
    while (at < chunk.length && this.#phase === 'start_up') {
      if (this.#packet.length === 0 && chunk[at] === TLS_HANDSHAKE_BYTE) {
        this.#is('opaque');
        this.#stop('opaque');
        break;
      }
      at = this.#gather(chunk, at, LENGTH_BYTES);
      if (this.#packet.length < LENGTH_BYTES) break;
      const length = startUpLength(this.#packet);
      if (length === undefined) {
        this.#notPostgres();
        break;
      }
      at = this.#gather(chunk, at, length);
      if (this.#packet.length < length) break;
      const packet = this.#packet;
      this.#packet = NOTHING;
      this.#opened(packet);
    }
    return at;
  }

  #gather(chunk: Buffer, from: number, length: number): number {
    const missing = length - this.#packet.length;
    if (missing <= 0) return from;
    const piece = chunk.subarray(from, from + missing);
    this.#packet = Buffer.concat([this.#packet, piece]);
    return from + piece.length;
  }

  #opened(packetBytes: Buffer): void {
    const packet = readStartUpPacket(packetBytes);
    switch (packet.kind) {
      case 'start':
        this.#is(packet.isReplication ? 'replication' : 'plain');
        this.#phase = 'messages';
        break;
      case 'encryption':
        this.#encryptionRequests++;
        break;
      case 'cancel':
        this.#is('cancel');
        this.#stop('over');
        this.#neighbours.cancel(packet.processId);
        break;
      case 'invalid':
        this.#notPostgres();
    }
  }

  /** Takes the byte that answers a request for encryption; says whether the connection goes on in plain text. */
  #declined(answer: number): boolean {
    if (answer === NO) {
      this.#encryptionRequests--;
      return true;
    }
    if (answer === TLS_GRANTED || answer === GSSAPI_GRANTED) {
      this.#is('opaque');
      this.#stop('opaque');
    } else if (answer !== ERROR_RESPONSE) this.#notPostgres();
    return false;
  }

  #ready(status: number): void {
    if (status === OUTSIDE_OF_TRANSACTION && this.queries.isSettled) this.#clientReader.forgetPortals();
  }

  /** Looks at the first message of the server. */
  #isSane(chunk: Buffer, from: number): boolean {
    if (chunk[from] === ERROR_RESPONSE) {
      const second = chunk[from + 1] ?? 0;
      if (second === 0) return true;
      // A server that could not even fork sends a line of text, as before protocol 3; no length is that large.
      this.#failed('other');
      this.#hasServerEnded = true;
      this.#stop('over');
      return false;
    }
    // Otherwise a server of PostgreSQL waits for its client to begin.
    if (this.#phase === 'start_up') this.#notPostgres();
    return this.#phase === 'messages';
  }

  #isUnread(): boolean {
    return this.#phase === 'opaque' || this.#phase === 'over';
  }

  #is(kind: DatabaseConnectionKind): void {
    if (this.#isKindKnown) return;
    this.#isKindKnown = true;
    this.#sink.connection(kind);
  }

  #failed(errorType: string): void {
    this.#sink.error({ queryType: undefined, errorType, sqlstateClass: undefined });
  }

  #notPostgres(): void {
    if (this.#isUnread()) return;
    this.#is('unknown');
    this.#stop('opaque');
    this.#sink.dropped('not_postgres');
  }

  #stop(phase: 'opaque' | 'over'): void {
    this.#phase = phase;
    this.#packet = NOTHING;
    this.#client.stop();
    this.#server.stop();
  }
}
