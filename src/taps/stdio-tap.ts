import { publicClientName } from '../mcp/client-name.ts';
import { JsonRpcScanner } from '../mcp/json-rpc-scanner.ts';
import type { MessageFacts } from '../mcp/message-facts.ts';
import type { Shape } from '../mcp/message-shape.ts';
import { LISTEN } from '../mcp/methods.ts';
import type { Clock } from '../model/clock.ts';
import type { SessionCensus } from '../model/session-census.ts';
import type { StdioObserver } from '../model/stdio-traffic.ts';
import type { TrafficSink } from '../model/traffic.ts';
import { CallLedger } from './call-ledger.ts';
import { batchSizeOf, callTarget } from './call-target.ts';
import { noteAnswer } from './note-answer.ts';
import { openTrace } from './sent-context.ts';
import { Session } from './session.ts';
import { takeCensus } from './take-census.ts';
import { shapeFor } from './tap-context.ts';
import type { TapOptions } from './tap-options.ts';

/** What stands for the HTTP path in the target of a call over pipes. */
const STDIO_PATH = 'stdio';

const LINE_FEED = 0x0a;

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';

/** Reads the messages of one pipe: one JSON text a line. Gives the length of a line so far, in bytes. */
class LineReader {
  readonly #scanner: JsonRpcScanner;
  readonly #onInvalid: () => void;
  lineBytes = 0;

  constructor(shape: Shape, onMessage: (facts: MessageFacts) => void, onInvalid: () => void) {
    this.#scanner = new JsonRpcScanner(shape, onMessage);
    this.#onInvalid = onInvalid;
  }

  push(chunk: Buffer): void {
    let start = 0;
    while (start < chunk.length) {
      const lineFeed = chunk.indexOf(LINE_FEED, start);
      const end = lineFeed === -1 ? chunk.length : lineFeed;
      this.lineBytes += end - start;
      this.#scanner.push(chunk, start, end);
      if (lineFeed === -1) return;
      this.#endLine();
      start = lineFeed + 1;
    }
  }

  #endLine(): void {
    const end = this.#scanner.end();
    if (end !== 'complete' && end !== 'empty') this.#onInvalid();
    this.#scanner.reset();
    this.lineBytes = 0;
  }
}

/** A stdio tap and what it knows at the moment. */
export interface StdioTap extends StdioObserver {
  readonly callsPending: () => number;
  /** Age of the call that has waited longest for its answer, in milliseconds; 0 if none waits. */
  readonly oldestCallAgeMs: () => number;
  /** The one session, once it is open, counted now. */
  readonly census: () => SessionCensus;
}

/** Watches MCP over the pipes of a stdio server: one session, from the first message to the exit of the server. */
export function createStdioTap(options: () => TapOptions, sink: TrafficSink, clock: Clock): StdioTap {
  const ledger = new CallLedger(sink, clock, options);
  const shape = shapeFor(options)();
  let session: Session | undefined;
  let isOver = false;

  const opened = (): Session => {
    if (!session) {
      session = new Session('stdio', STDIO_PATH, clock.nowMs(), ledger, sink);
      sink.sessionOpened('initialize');
    }
    return session;
  };

  /** Subscriptions by the id of their request: streams, not calls that take hours. */
  const streams = new Map<string, number>();
  const openStream = (): void => {
    const call = session?.takeFirst(LISTEN);
    if (!call) return;
    ledger.discard(call);
    streams.set(call.id, clock.nowMs());
    sink.streamOpened('listen');
  };
  const closeStream = (id: string): boolean => {
    const sinceMs = streams.get(id);
    if (sinceMs === undefined) return false;
    streams.delete(id);
    sink.streamClosed('listen', clock.nowMs() - sinceMs);
    return true;
  };

  const onClientMessage = (facts: MessageFacts): void => {
    const conversation = opened();
    const { method, id } = facts;
    conversation.lastSeenMs = clock.nowMs();
    if (facts.clientName !== undefined) conversation.introduce(publicClientName(facts.clientName));
    if (method === undefined) {
      if (id !== undefined) conversation.answered(id, clock.nowMs());
    } else if (id === undefined) {
      sink.notification(method, 'client');
      if (method === 'notifications/cancelled' && facts.requestId !== undefined) {
        conversation.cancel(facts.requestId, clock.nowMs());
        closeStream(facts.requestId);
      }
    } else {
      const call = ledger.open({
        id,
        method,
        target: callTarget(facts, STDIO_PATH),
        transport: 'stdio',
        startedAtMs: clock.nowMs(),
        requestBytes: client.lineBytes,
        batchSize: batchSizeOf(facts, options()),
        trace: options().traced ? openTrace(id, facts) : undefined,
        protocolVersion: facts.protocolVersion ?? conversation.protocolVersion,
      });
      conversation.add(call);
    }
  };

  const onServerMessage = (facts: MessageFacts): void => {
    const { method, id } = facts;
    if (method !== undefined) {
      if (id === undefined) {
        sink.notification(method, 'server');
        session?.notified(facts, clock.nowMs());
        if (method === ACKNOWLEDGED) openStream();
      } else opened().asked(facts, undefined, clock.nowMs());
      return;
    }
    if (id !== undefined && closeStream(id)) return;
    const call = id === undefined ? undefined : session?.take(id);
    if (!call) {
      sink.dropped('unknown_response');
      return;
    }
    noteAnswer(facts, call, session, sink);
    ledger.settle(call, { kind: 'answer', facts }, server.lineBytes);
  };

  const onInvalid = (): void => sink.dropped('invalid_json');
  const client = new LineReader(shape, onClientMessage, onInvalid);
  const server = new LineReader(shape, onServerMessage, onInvalid);

  return {
    clientToServer: (chunk) => client.push(chunk),
    serverToClient: (chunk) => server.push(chunk),
    end: () => {
      for (const id of streams.keys()) closeStream(id);
      if (!session) return;
      session.end({ kind: 'unreachable', errorType: 'connection_reset' });
      session.close('exit', clock.nowMs());
      isOver = true;
    },
    callsPending: () => ledger.awaited(),
    oldestCallAgeMs: () => ledger.oldestAgeMs(),
    census: () => takeCensus(session && !isOver ? [session] : [], clock.nowMs()),
  };
}
