import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';

/** Keeps the events of all streams in memory, the last `capacity` of them, so that a stream can be resumed after any event. */
export function createEventStore(capacity = 10_000): EventStore {
  const events = new Map<string, { readonly stream: string; readonly message: JSONRPCMessage }>();
  let last = 0;
  return {
    storeEvent: async (stream, message) => {
      last += 1;
      const id = String(last).padStart(12, '0');
      events.set(id, { stream, message });
      const oldest = events.keys().next().value;
      if (events.size > capacity && oldest !== undefined) events.delete(oldest);
      return id;
    },
    getStreamIdForEventId: async (id) => events.get(id)?.stream,
    replayEventsAfter: async (lastId, { send }) => {
      const stream = events.get(lastId)?.stream;
      if (stream === undefined) throw new Error(`event ${lastId}: want a stored event, got none`);
      for (const [id, event] of events) {
        // A priming event stands for the stream itself and carries no message.
        if (id > lastId && event.stream === stream && 'jsonrpc' in event.message)
          await send(id, event.message);
      }
      return stream;
    },
  };
}
