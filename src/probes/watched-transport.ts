import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';

/** Who is told of a transport's messages. */
export interface TransportWatcher {
  readonly sent: (message: JSONRPCMessage) => void;
  readonly received: (message: JSONRPCMessage) => void;
  readonly failed: (error: Error) => void;
}

/**
 * Puts an observer between a transport and its client. Handlers set on the
 * transport itself would not do: while the client negotiates a version it takes
 * them off.
 * @param isStdio true for pipes, which the client negotiates over with other fallbacks.
 */
export function watchTransport(inner: Transport, watcher: TransportWatcher, isStdio: boolean): Transport {
  const outer: Transport = {
    start: () => inner.start(),
    send: async (message, options) => {
      watcher.sent(message);
      await inner.send(message, options);
    },
    close: () => inner.close(),
    get sessionId() {
      return inner.sessionId;
    },
    ...(inner.hasPerRequestStream !== undefined && { hasPerRequestStream: inner.hasPerRequestStream }),
    setProtocolVersion: (version) => inner.setProtocolVersion?.(version),
    setSupportedProtocolVersions: (versions) => inner.setSupportedProtocolVersions?.(versions),
    // By the presence of these two the client tells pipes from HTTP.
    ...(isStdio && { stderr: null, pid: null }),
  };
  const handlers: Pick<Transport, 'onmessage' | 'onerror' | 'onclose'> = {
    onmessage: (message, extra) => {
      watcher.received(message);
      outer.onmessage?.(message, extra);
    },
    onerror: (error) => {
      watcher.failed(error);
      outer.onerror?.(error);
    },
    onclose: () => outer.onclose?.(),
  };
  Object.assign(inner, handlers);
  return outer;
}
