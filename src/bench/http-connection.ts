import net from 'node:net';
import tls from 'node:tls';
import type { AnswerHead } from '../http/answer-head.ts';
import { ResponseParser } from '../http/response-parser.ts';
import type { CallOutcome } from '../mcp/call-outcome.ts';
import { tlsConnectOptions, withServerName } from '../model/client-tls.ts';
import { codeOf } from '../model/error-facts.ts';
import { fixedLookup, type Endpoint } from './endpoint.ts';

/** Gets what comes of one request; `onEnd` or `onFailure` is the last of it. */
export interface RequestSink {
  readonly onHead: (head: AnswerHead) => void;
  /** A view of bytes that are overwritten afterwards. */
  readonly onBody: (piece: Buffer) => void;
  readonly onEnd: () => void;
  /** `error` is what the system, or TLS, said of it. */
  readonly onFailure: (outcome: CallOutcome, error?: Error) => void;
}

/** A keep-alive connection that carries one request at a time. */
export interface HttpConnection {
  readonly send: (text: string, encoding: 'latin1' | 'utf8', sink: RequestSink) => void;
  /** Cuts it; the request under way hears nothing more. */
  readonly destroy: () => void;
}

/** Bytes on the wire, of all connections together. */
export interface WireBytes {
  sent: number;
  received: number;
}

/** What a connection tells its owner. */
export interface ConnectionEvents {
  /** It can carry the next request. */
  readonly onFree: (connection: HttpConnection, idleLimitMs: number) => void;
  readonly onClose: (connection: HttpConnection) => void;
}

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_HEAD_BYTES = 64 * 1024;
/** Uvicorn and Node close what was silent for 5 s, most without saying so: no request may meet that. */
const USUAL_IDLE_MS = 4000;
const IDLE_MARGIN_MS = 1000;

// One buffer for what all plain sockets read: whoever reads is done with it before the next one does.
const shared = Buffer.allocUnsafe(64 * 1024);

/** Why a connection broke before its answer was there. */
function outcomeOf(error: Error | undefined, isConnected: boolean): CallOutcome {
  const code = codeOf(error);
  if (code === 'ETIMEDOUT' && !isConnected) return { kind: 'timeout', phase: 'connect' };
  return { kind: 'unreachable', errorType: isConnected ? 'connection_reset' : 'connection_refused' };
}

/**
 * Opens a connection; what is sent before it stands waits for it. An answer is read as RFC 9112 says, by the parser of
 * the sidecar's proxy. Requests are written in one piece: head and body leave in one segment where they fit.
 */
export function openHttpConnection(
  endpoint: Endpoint,
  events: ConnectionEvents,
  wire: WireBytes,
): HttpConnection {
  const parser = new ResponseParser(MAX_HEAD_BYTES);
  let sink: RequestSink | undefined;
  let isConnected = false;
  let isClosed = false;
  let mayReuse = true;
  let idleLimitMs = USUAL_IDLE_MS;
  let broken: Error | undefined;

  const fail = (outcome: CallOutcome): void => {
    const failed = sink;
    sink = undefined;
    parser.stop();
    socket.destroy();
    failed?.onFailure(outcome, broken);
  };
  const onBytes = (bytes: Buffer): void => {
    wire.received += bytes.length;
    const problem = parser.execute(bytes);
    if (problem !== '' || parser.rest !== undefined) fail({ kind: 'invalid_http' });
    else if (parser.excess) socket.destroy();
  };
  const options = {
    host: endpoint.host,
    port: endpoint.port,
    noDelay: true,
    ...(endpoint.addresses.length > 0 && { lookup: fixedLookup(endpoint.addresses) }),
  };
  const onread = {
    buffer: shared,
    callback: (length: number): boolean => {
      onBytes(shared.subarray(0, length));
      return true;
    },
  };
  const socket: net.Socket =
    endpoint.tls === undefined
      ? net.connect({ ...options, onread })
      : tls.connect({ ...options, ...tlsConnectOptions(withServerName(endpoint.tls, endpoint.host)) });
  if (endpoint.tls !== undefined) socket.on('data', onBytes);
  const connecting = setTimeout(() => {
    fail({ kind: 'timeout', phase: 'connect' });
  }, CONNECT_TIMEOUT_MS);
  socket.once(endpoint.tls === undefined ? 'connect' : 'secureConnect', () => {
    isConnected = true;
    clearTimeout(connecting);
  });
  socket.on('error', (error) => {
    broken = error;
  });
  // The server has said all that it will: an answer without a length is complete with that.
  socket.on('end', () => {
    if (!parser.finish()) fail(outcomeOf(undefined, isConnected));
    socket.destroy();
  });
  socket.on('close', () => {
    clearTimeout(connecting);
    isClosed = true;
    if (sink !== undefined) fail(outcomeOf(broken, isConnected));
    events.onClose(connection);
  });

  const connection: HttpConnection = {
    send: (text, encoding, next) => {
      sink = next;
      parser.expect('POST', {
        onInformational: () => {},
        onHead: (head) => {
          mayReuse = head.keepAlive && head.framing !== 'close';
          if (head.keepAliveHintMs > 0) idleLimitMs = Math.max(0, head.keepAliveHintMs - IDLE_MARGIN_MS);
          next.onHead(head);
        },
        onBody: (piece) => next.onBody(piece),
        onEnd: () => {
          sink = undefined;
          next.onEnd();
          if (!mayReuse || isClosed) socket.destroy();
          else events.onFree(connection, idleLimitMs);
        },
      });
      if (socket.destroyed) {
        // It went while it was handed out; who sends must not hear of it before `send` has returned.
        queueMicrotask(() => fail(outcomeOf(broken, isConnected)));
        return;
      }
      wire.sent += encoding === 'latin1' ? text.length : Buffer.byteLength(text);
      socket.write(text, encoding);
    },
    destroy: () => {
      sink = undefined;
      parser.stop();
      socket.destroy();
    },
  };
  return connection;
}
