import type { Endpoint } from './endpoint.ts';
import {
  openHttpConnection,
  type HttpConnection,
  type RequestSink,
  type WireBytes,
} from './http-connection.ts';

/** Connections to one endpoint: as many as requests are under way at once. */
export interface HttpPool {
  readonly endpoint: Endpoint;
  /** Sends a request over a free connection or a new one; the result cuts it. */
  readonly send: (text: string, encoding: 'latin1' | 'utf8', sink: RequestSink) => () => void;
  /** Cuts all connections. */
  readonly close: () => void;
}

interface Idle {
  readonly connection: HttpConnection;
  readonly untilMs: number;
}

/** Makes the pool of an endpoint. What was used last is used next; what was idle for long is closed, not used. */
export function createHttpPool(endpoint: Endpoint, wire: WireBytes, nowMs: () => number): HttpPool {
  const idle: Idle[] = [];
  const open = new Set<HttpConnection>();
  const events = {
    onFree: (connection: HttpConnection, idleLimitMs: number): void => {
      idle.push({ connection, untilMs: nowMs() + idleLimitMs });
    },
    onClose: (connection: HttpConnection): void => {
      open.delete(connection);
      const at = idle.findIndex((each) => each.connection === connection);
      if (at >= 0) idle.splice(at, 1);
    },
  };
  const take = (): HttpConnection => {
    const last = idle.pop();
    if (last !== undefined && nowMs() < last.untilMs) return last.connection;
    // All others have been idle for at least as long.
    last?.connection.destroy();
    for (const each of idle.splice(0)) each.connection.destroy();
    const opened = openHttpConnection(endpoint, events, wire);
    open.add(opened);
    return opened;
  };
  return {
    endpoint,
    send: (text, encoding, sink) => {
      const connection = take();
      connection.send(text, encoding, sink);
      return connection.destroy;
    },
    close: () => {
      for (const each of open) each.destroy();
    },
  };
}
