import { Conversation, type ConversationParts } from './conversation.ts';
import type { Faults } from './faults.ts';
import { membersOf } from './json-message.ts';
import { observeCallback } from './observe-callback.ts';
import { overrideMethod } from './override-method.ts';

/** A low-level `Server` of either SDK, as far as it is touched. */
export interface ProtocolServer {
  connect(transport: never): Promise<void>;
  readonly transport?: unknown;
}

/** A server of `@modelcontextprotocol/sdk` 1.x or `@modelcontextprotocol/server` 2.x: an `McpServer` or a `Server`. */
export type ObservableServer = ProtocolServer | { readonly server: ProtocolServer };

/**
 * Gives the function that makes a server observed. It looks at messages where the server meets its transport,
 * which is all public interface: what a client is answered is seen there, errors that the SDK makes included, and
 * tools may be registered before or after.
 */
export function createServerObserver(
  parts: ConversationParts,
  faults: Faults,
): (server: ObservableServer) => void {
  const seen = new WeakSet<object>();

  const observeTransport = (transport: object): void => {
    if (seen.has(transport)) return;
    seen.add(transport);
    const conversation = new Conversation(
      parts,
      () => Reflect.get(transport, 'sessionId'),
      'handlePostMessage' in transport,
    );
    // Protocol.connect replaces both callbacks; before SDK 1.13.3 it does not even call those it found.
    observeCallback(transport, 'onmessage', (message, extra) =>
      faults.guard(() => {
        const members = membersOf(message);
        if (members) conversation.received(members, extra);
      }),
    );
    observeCallback(transport, 'onclose', () => faults.guard(() => conversation.end()));
    overrideMethod(
      transport,
      'send',
      (send) =>
        function (this: unknown, ...args) {
          const message = membersOf(args[0]);
          const call = message && faults.guard(() => conversation.sending(message, args[1]));
          if (!call) return send.apply(this, args);
          try {
            return send.apply(this, args);
          } finally {
            // After the answer has left: what we do costs its receiver nothing.
            faults.guard(() => conversation.sent(call, message));
          }
        },
    );
  };

  return (server) => {
    const protocol = 'server' in server ? server.server : server;
    if (seen.has(protocol)) return;
    seen.add(protocol);
    overrideMethod(
      protocol,
      'connect',
      (connect) =>
        function (this: unknown, ...args) {
          faults.guard(() => {
            const transport = args[0];
            if (typeof transport === 'object' && transport !== null) observeTransport(transport);
          });
          return connect.apply(this, args);
        },
    );
    // Wrapped late: the transport that is in use already.
    const { transport } = protocol;
    if (typeof transport === 'object' && transport !== null) observeTransport(transport);
  };
}
