import net from 'node:net';
import tls from 'node:tls';
import { ResponseParser } from '../http/response-parser.ts';
import type { AnswerSink } from '../http/response-parser.ts';
import { tlsConnectOptions, withServerName, type ClientTls } from '../model/client-tls.ts';
import { probePeer } from './probe-peer.ts';

/** Where and how connections to one upstream are made. */
export interface UpstreamTarget {
  readonly host: string;
  readonly port: number;
  /** Undefined for plain TCP. */
  readonly tls: ClientTls | undefined;
}

/** `any` may be an idle connection, `fresh` is a new one, `tunnel` a new one that can be detached. */
export type ConnectionUse = 'any' | 'fresh' | 'tunnel';

/** Why an upstream gave no (complete) answer. */
export type UpstreamFailure =
  | { readonly kind: 'unreachable'; readonly code: string }
  | { readonly kind: 'timeout'; readonly phase: 'connect' | 'headers' }
  /** `stale` means: an idle connection was used and not one byte of an answer came. */
  | { readonly kind: 'reset'; readonly code: string; readonly stale: boolean }
  | { readonly kind: 'invalid'; readonly code: string };

/** The exchange that a connection serves at the moment. */
export interface UpstreamUser extends AnswerSink {
  /** All bytes that had arrived at once have been handed over. */
  readonly onBatchEnd: () => void;
  /** The upstream takes more of the request again. */
  readonly onDrain: () => void;
  /** Called at most once, and never after `onEnd`. */
  readonly onFailure: (failure: UpstreamFailure) => void;
}

/** Tells the owner of a connection what became of it. */
export interface ConnectionOwner {
  /** Request and answer are complete, and another request may follow. */
  readonly onReusable: (connection: UpstreamConnection) => void;
  readonly onClosed: (connection: UpstreamConnection) => void;
}

/** Largest head, and largest trailer section, that an upstream may send. */
const MAX_HEAD_BYTES = 64 * 1024;

/** One connection to the upstream: it carries one exchange at a time (RFC 9112 §9.3). */
export class UpstreamConnection {
  readonly socket: net.Socket;
  /** Clock time in ms after which an idle connection is not used again; kept by the pool. */
  expiresAtMs = 0;
  /** Life that the upstream announced with `Keep-Alive: timeout=`, in ms; 0 if it did not. */
  keepAliveHintMs = 0;

  readonly #owner: ConnectionOwner;
  readonly #parser = new ResponseParser(MAX_HEAD_BYTES);
  #user: UpstreamUser | undefined;
  #connected = false;
  #failed = false;
  #served = 0;
  #requestDone = false;
  #keepAlive = true;
  #gotBytes = false;
  #connectTimer: NodeJS.Timeout | undefined;

  /**
   * @param connectTimeoutMs limit for TCP and TLS together; 0 is none
   * @param asStream the socket will be piped: it must work as a stream
   */
  constructor(target: UpstreamTarget, connectTimeoutMs: number, owner: ConnectionOwner, asStream: boolean) {
    this.#owner = owner;
    this.socket = open(
      target,
      asStream ? undefined : (length) => this.#onData(READ_BUFFER.subarray(0, length)),
    );
    const socket = this.socket;
    socket.once(target.tls === undefined ? 'connect' : 'secureConnect', () => {
      this.#connected = true;
      this.#stopConnectTimer();
    });
    // Streams need no timeout of ours.
    socket.once('connect', () => probePeer(socket));
    socket.on('data', (bytes: Buffer) => this.#onData(bytes));
    socket.on('drain', () => this.#user?.onDrain());
    socket.on('end', () => this.#onUpstreamEnd());
    socket.on('error', (error: NodeJS.ErrnoException) => this.#fail(error.code ?? 'UPSTREAM_ERROR'));
    socket.on('close', () => {
      this.#fail('UPSTREAM_CLOSED');
      this.#stopConnectTimer();
      owner.onClosed(this);
    });
    if (connectTimeoutMs > 0) {
      this.#connectTimer = setTimeout(
        () => this.#report({ kind: 'timeout', phase: 'connect' }),
        connectTimeoutMs,
      );
    }
  }

  /** TCP, and TLS where it is used, are set up. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Gives the connection to an exchange; it then writes its request. */
  begin(method: string, user: UpstreamUser): void {
    this.#user = user;
    this.#requestDone = false;
    this.#gotBytes = false;
    this.#parser.expect(method, user);
  }

  /**
   * Sends bytes of the request.
   *
   * @param text latin1 text
   * @param body bytes after the text
   * @param after latin1 text after the body
   * @returns false if the upstream is slower than the client: wait for `onDrain`
   */
  write(text: string, body?: Buffer, after = ''): boolean {
    const socket = this.socket;
    if (body === undefined) return socket.write(text, 'latin1');
    // One string is one system call without a copy on the heap; Node does so up to 16 KiB.
    if (body.length + text.length < ONE_WRITE_BYTES)
      return socket.write(text + body.toString('latin1') + after, 'latin1');
    if (text === '' && after === '') return socket.write(body);
    socket.cork();
    if (text !== '') socket.write(text, 'latin1');
    let more = socket.write(body);
    if (after !== '') more = socket.write(after, 'latin1');
    socket.uncork();
    return more;
  }

  /** The request has been written to its end. */
  endRequest(): void {
    this.#requestDone = true;
  }

  /** Passes on that the client closed its sending side: the upstream decides what that means. */
  halfClose(): void {
    this.#keepAlive = false;
    this.socket.end();
  }

  /** Stops reading the answer until `resume`: the client is slower than the upstream. */
  pause(): void {
    this.socket.pause();
  }

  /** Reads on. */
  resume(): void {
    this.socket.resume();
  }

  /** Breaks the connection off; its user hears nothing more. */
  destroy(): void {
    this.#user = undefined;
    this.#failed = true;
    this.#parser.stop();
    this.#stopConnectTimer();
    this.socket.destroy();
  }

  /**
   * Hands the socket over after a 101; the connection does nothing more with it.
   *
   * @returns bytes that came behind the 101
   */
  detach(): Buffer | undefined {
    const rest = this.#parser.rest;
    this.#user = undefined;
    this.socket.removeAllListeners('data');
    this.socket.removeAllListeners('end');
    this.socket.removeAllListeners('drain');
    return rest;
  }

  #onData(bytes: Buffer): void {
    const parser = this.#parser;
    const user = this.#user;
    if (user === undefined || parser.idle) {
      // Nobody asked: an unsolicited answer (often a 408) must not be taken for the next one.
      this.destroy();
      return;
    }
    this.#gotBytes = true;
    const error = parser.execute(bytes);
    if (this.#user !== user) return;
    if (error !== '') this.#report({ kind: 'invalid', code: error });
    else {
      user.onBatchEnd();
      this.#settle();
    }
  }

  /** Lets go of an exchange whose answer is complete. */
  #settle(): void {
    if (!this.#parser.idle || this.#user === undefined) return;
    const head = this.#parser.head!;
    this.#user = undefined;
    this.#served++;
    if (head.keepAliveHintMs > 0) this.keepAliveHintMs = head.keepAliveHintMs;
    // An answer that came before the request's end leaves bytes behind that nobody will read.
    if (head.keepAlive && this.#keepAlive && this.#requestDone && !this.#parser.excess)
      this.#owner.onReusable(this);
    else this.destroy();
  }

  #onUpstreamEnd(): void {
    const user = this.#user;
    if (user === undefined) {
      this.destroy();
      return;
    }
    if (this.#parser.finish()) {
      if (this.#user !== user) return;
      this.#keepAlive = false;
      user.onBatchEnd();
      this.#settle();
    } else this.#fail('UPSTREAM_CLOSED');
  }

  #fail(code: string): void {
    if (this.#failed) return;
    if (!this.#connected) this.#report({ kind: 'unreachable', code });
    else this.#report({ kind: 'reset', code, stale: this.#served > 0 && !this.#gotBytes });
  }

  #report(failure: UpstreamFailure): void {
    const user = this.#user;
    this.destroy();
    user?.onFailure(failure);
  }

  #stopConnectTimer(): void {
    clearTimeout(this.#connectTimer);
    this.#connectTimer = undefined;
  }
}

/** Up to here a body is joined to its head in one string (Node writes 16 KiB without allocating). */
const ONE_WRITE_BYTES = 15 * 1024;

/**
 * All plain connections read into this one buffer: what is to outlive the
 * callback is copied. Node else allocates 64 KiB for each read.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

function open(target: UpstreamTarget, onRead: ((length: number) => void) | undefined): net.Socket {
  const address = { host: target.host, port: target.port, noDelay: true };
  const secure = target.tls;
  if (secure === undefined) {
    if (onRead === undefined) return net.connect(address);
    const callback = (length: number): boolean => {
      onRead(length);
      return true;
    };
    return net.connect({ ...address, onread: { buffer: READ_BUFFER, callback } });
  }
  return tls.connect({
    ...address,
    ALPNProtocols: ['http/1.1'],
    ...tlsConnectOptions(withServerName(secure, target.host)),
  });
}
