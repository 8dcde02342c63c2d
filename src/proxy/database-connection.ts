import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ObserveConnection } from '../model/connection.ts';
import { TLS_HANDSHAKE_BYTE } from '../postgres/start-up-codes.ts';
import type { Listed } from './active-list.ts';
import { DECLINED, EncryptionRequests } from './database-encryption-requests.ts';
import { socketCodeOf } from './database-error.ts';
import { DatabaseObserver } from './database-observer.ts';
import { refuseClient } from './database-refusal.ts';
import { writeCopy } from './write-copy.ts';
import { ScramFilter } from './database-scram-filter.ts';
import type { DatabaseProxySettings } from './database-settings.ts';
import { openDatabase } from './database-upstream.ts';
import type { DatabaseFailure } from './database-upstream.ts';
import type { OnObserverError } from './observer-guard.ts';

/** What a connection shares with the others of its proxy. */
export interface DatabaseConnectionContext {
  readonly observe: ObserveConnection | undefined;
  readonly onObserverError: OnObserverError;
  /** Both sockets are closed. */
  readonly onDone: (connection: DatabaseConnection) => void;
}

/** Lent pieces up to here are written as a string, which Node sends in one call without keeping it (16 KiB at most). */
const ONE_WRITE_BYTES = 15 * 1024;

/** Looks in a row, 100 ms apart, at which nothing had moved. */
const STILL_LOOKS = 10;
/** How long a client may hold on to a connection whose database is gone, or not take what it has sent last. */
const LEAVE_LIMIT_MS = 60_000;

/** A client's connection and the one to the database that belongs to it. */
export class DatabaseConnection implements Listed {
  slot = -1;
  readonly #context: DatabaseConnectionContext;
  readonly #client: Socket;
  readonly #mode: DatabaseProxySettings['tlsMode'];
  readonly #observer: DatabaseObserver;
  readonly #abandon: () => void;
  #upstream: Socket | undefined;
  #leave: NodeJS.Timeout | undefined;
  /** Until the client's first packet that is no request for encryption. */
  #requests: EncryptionRequests | undefined;
  #scram: ScramFilter | undefined;
  #answered = false;
  /** Pieces forwarded so far, and how many there were when last looked at. */
  #pieces = 0;
  #piecesSeen = 0;
  #stillLooks = 0;
  /** Whether the last one came from the client: it most likely waits for an answer. */
  #clientSpokeLast = false;
  /** Who closed first. */
  #closedBy: 'client' | 'upstream' | undefined;

  /** @param client a socket that is paused and stays so until the database is connected */
  constructor(context: DatabaseConnectionContext, client: Socket, settings: DatabaseProxySettings) {
    this.#context = context;
    this.#client = client;
    this.#mode = settings.tlsMode;
    if (this.#mode !== 'pass') this.#requests = new EncryptionRequests();
    if (this.#mode === 'originate') this.#scram = new ScramFilter();
    this.#observer = new DatabaseObserver(context.observe, context.onObserverError);
    client.on('error', (error) => this.#onClientBroken(error));
    client.on('close', () => this.#onClosed());
    this.#abandon = openDatabase(settings, (bytes) => this.#onLent(bytes), {
      onOpen: (upstream) => this.#join(upstream),
      onFailure: (failure) => this.#refuse(failure),
    });
  }

  /**
   * Whether it may be cut while the proxy shuts down; to be asked at each look. Where the observer cannot tell,
   * nothing must have moved for several looks, and the client not be the one that spoke last.
   */
  mayCut(): boolean {
    const stoodStill = this.#pieces === this.#piecesSeen && !this.#clientSpokeLast;
    this.#piecesSeen = this.#pieces;
    this.#stillLooks = stoodStill ? this.#stillLooks + 1 : 0;
    return this.#observer.isIdle() ?? this.#stillLooks >= STILL_LOOKS;
  }

  /** Ends the connection at once: the proxy shuts down. */
  cut(): void {
    this.#observer.end({ kind: 'shutdown' });
    this.#destroy();
  }

  #join(upstream: Socket): void {
    const client = this.#client;
    this.#upstream = upstream;
    client.on('data', (chunk: Buffer) => this.#onClientData(chunk));
    client.on('end', () => this.#onClientEnd());
    client.on('drain', () => upstream.resume());
    // A plain socket hands its bytes over by `onRead` instead.
    upstream.on('data', (chunk: Buffer) => this.#onServerData(chunk));
    upstream.on('end', () => this.#onServerEnd());
    upstream.on('drain', () => client.resume());
    upstream.on('error', (error) => this.#onServerBroken(error));
    upstream.on('close', () => {
      // As long as the kernel would wait for the end of a connection that nobody reads.
      this.#leave = setTimeout(() => client.destroy(), LEAVE_LIMIT_MS).unref();
      this.#onClosed();
    });
    client.resume();
  }

  #onClientData(chunk: Buffer): void {
    const bytes = this.#requests === undefined ? chunk : this.#negotiate(chunk);
    if (bytes === undefined) return;
    this.#pieces++;
    this.#clientSpokeLast = true;
    if (!this.#upstream!.write(bytes)) this.#client.pause();
    this.#observer.fromClient(bytes);
  }

  /** Answers requests for encryption; gives back what is to be forwarded. */
  #negotiate(chunk: Buffer): Buffer | undefined {
    const requests = this.#requests!;
    const step = requests.push(chunk);
    if (step === 'incomplete') return undefined;
    if (step === 'request') {
      this.#client.write(DECLINED);
      this.#observer.fromClient(requests.last);
      this.#observer.fromServer(DECLINED);
      return undefined;
    }
    // A client that makes TLS without asking would believe that it reaches to the database.
    if (step === 'smuggled' || (this.#mode === 'originate' && step[0] === TLS_HANDSHAKE_BYTE)) {
      this.#observer.end({ kind: 'closed', by: 'client' });
      this.#destroy();
      return undefined;
    }
    this.#requests = undefined;
    return step;
  }

  #onClientEnd(): void {
    this.#closedBy ??= 'client';
    const held = this.#requests?.held;
    if (held !== undefined && held.length > 0) {
      this.#upstream!.write(held);
      this.#observer.fromClient(held);
    }
    this.#upstream!.end();
  }

  /** Bytes in the buffer that all connections share: they are gone after this call. */
  #onLent(bytes: Buffer): void {
    this.#pieces++;
    this.#clientSpokeLast = false;
    const more =
      bytes.length < ONE_WRITE_BYTES
        ? this.#client.write(bytes.toString('latin1'), 'latin1')
        : writeCopy(this.#client, bytes);
    if (!more) this.#upstream!.pause();
    this.#observer.fromServer(bytes);
  }

  /** Bytes that are ours to keep, from TLS. */
  #onServerData(chunk: Buffer): void {
    this.#answered = true;
    let bytes = chunk;
    if (this.#scram !== undefined) {
      bytes = this.#scram.push(chunk);
      if (this.#scram.done) this.#scram = undefined;
      if (bytes.length === 0) return;
    }
    this.#pieces++;
    this.#clientSpokeLast = false;
    if (!this.#client.write(bytes)) this.#upstream!.pause();
    this.#observer.fromServer(bytes);
  }

  #onServerEnd(): void {
    this.#closedBy ??= 'upstream';
    this.#observer.serverEnded();
    const held = this.#scram?.flush();
    if (held !== undefined && held.length > 0) {
      this.#client.write(held);
      this.#observer.fromServer(held);
    }
    this.#client.end();
  }

  #onClientBroken(error: unknown): void {
    this.#observer.end({ kind: 'reset', by: 'client', code: socketCodeOf(error) });
    // At once: a database that waits for us to read would never take what is on its way.
    if (this.#upstream === undefined) this.#abandon();
    else reset(this.#upstream);
  }

  #onServerBroken(error: unknown): void {
    const code = socketCodeOf(error);
    const client = this.#client;
    if (this.#mode === 'originate' && !this.#answered) {
      // With TLS 1.3 a database refuses our certificate only after the handshake.
      this.#refuse({ end: { kind: 'unreachable', code }, reason: `want TLS to the database, got ${code}` });
      return;
    }
    this.#observer.end({ kind: 'reset', by: 'upstream', code });
    if (client.writableLength === 0) reset(client);
    else {
      // The database's last words come first; a client that is still sending must get to read them.
      client.write('', () => reset(client));
      client.resume();
    }
  }

  #refuse({ end, reason }: DatabaseFailure): void {
    this.#observer.end(end);
    const client = this.#client;
    client.removeAllListeners('data');
    client.removeAllListeners('end');
    const requests = this.#mode === 'pass' ? new EncryptionRequests() : this.#requests;
    refuseClient(client, `mcp-vitals: ${reason}`, requests);
  }

  #onClosed(): void {
    if (!this.#client.closed || this.#upstream?.closed === false) return;
    clearTimeout(this.#leave);
    this.#observer.end({ kind: 'closed', by: this.#closedBy ?? 'client' });
    this.#context.onDone(this);
  }

  #destroy(): void {
    this.#abandon();
    this.#client.destroy();
  }
}

/** Resets a connection, so that its peer does not take the end for one in order. */
function reset(socket: Socket): void {
  // Beneath TLS it cannot be had; there the missing close_notify says as much.
  if (socket.destroyed || socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}
