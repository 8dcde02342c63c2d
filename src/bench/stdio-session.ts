import type { CallOutcome } from '../mcp/call-outcome.ts';
import { JsonRpcScanner } from '../mcp/json-rpc-scanner.ts';
import { canonicalId, emptyFacts, type MessageFacts } from '../mcp/message-facts.ts';
import { messageShape } from '../mcp/message-shape.ts';
import { plainResultId } from '../mcp/quick-facts.ts';
import { AskError } from './ask-error.ts';
import type { CallEnd, McpSession } from './call-end.ts';
import { isMapping } from './declared-tool.ts';
import type { WireBytes } from './http-connection.ts';
import {
  CLIENT_INFO,
  INITIALIZE_PARAMS,
  readDiscovery,
  readInitialization,
  VERSIONS,
  type Agreement,
  type Era,
} from './negotiate.ts';
import { metaOf } from './planned-call.ts';
import { readReply } from './read-reply.ts';
import { startStdioProcess, type StdioCommand } from './stdio-process.ts';

/** What a session over pipes is opened with. */
export interface StdioSessionOptions {
  readonly command: StdioCommand;
  readonly wire: WireBytes;
  readonly nowMs: () => number;
  readonly timeoutMs: number;
}

/** A session with a server's process. */
export interface StdioSession extends McpSession {
  readonly pid: number;
}

type Message = Readonly<Record<string, unknown>>;

const MODERN_META = { protocolVersion: VERSIONS.modern, clientInfo: CLIENT_INFO };
const shape = messageShape();

/** Whether a failed `server/discover` may mean that the server is of the legacy era: many leave it unanswered. */
const mayBeLegacy = (error: unknown): boolean =>
  error instanceof AskError && error.outcome.kind !== 'stopped' && error.outcome.kind !== 'unreachable';

/**
 * Starts a server and opens a session over its pipes. Calls of all users share them, told apart by their ids.
 * @throws AskError, or Error with one line if it cannot be started.
 */
export async function openStdioSession(
  options: StdioSessionOptions,
  era: Era | 'auto',
): Promise<StdioSession> {
  const { wire, nowMs, timeoutMs } = options;
  const calls = new Map<string, (outcome: CallOutcome) => void>();
  const questions = new Map<number, (message: Message | undefined) => void>();
  let isUsable = true;
  let lastId = 0;

  const take = (facts: MessageFacts): void => {
    if (facts.id === undefined || (!facts.hasResult && !facts.hasError)) return;
    const settle = calls.get(facts.id);
    calls.delete(facts.id);
    settle?.({ kind: 'answer', facts });
  };
  const scanner = new JsonRpcScanner(shape, take);

  const takeQuestion = (line: string): void => {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      // Not a message; the question's time-out says so.
      return;
    }
    if (!isMapping(message)) return;
    const id = message['id'];
    if (message['method'] === 'ping' && id !== undefined)
      write(JSON.stringify({ jsonrpc: '2.0', id, result: {} }));
    if (typeof id !== 'number' || !('result' in message || 'error' in message)) return;
    questions.get(id)?.(message);
    questions.delete(id);
  };

  const server = await startStdioProcess(options.command, {
    onLine: (chunk, start, end) => {
      wire.received += end - start + 1;
      const id = plainResultId(chunk, start, end);
      if (id !== undefined && calls.has(id)) {
        take({ ...emptyFacts(), id, hasResult: true });
        return;
      }
      // What is asked beside the load is rare and read as a whole; so are questions of the server.
      if (questions.size > 0 || chunk.indexOf('"method"', start) !== -1)
        takeQuestion(chunk.toString('utf8', start, end));
      scanner.reset();
      scanner.push(chunk, start, end);
    },
    onExit: () => {
      isUsable = false;
      for (const settle of calls.values()) settle({ kind: 'stopped' });
      calls.clear();
      for (const settle of questions.values()) settle(undefined);
      questions.clear();
    },
  });

  function write(text: string): void {
    wire.sent += Buffer.byteLength(text) + 1;
    server.write(`${text}\n`);
  }

  const ask = async (method: string, params: Message, limitMs: number): Promise<unknown> => {
    lastId += 1;
    const id = lastId;
    const answer = Promise.withResolvers<Message | undefined>();
    questions.set(id, answer.resolve);
    const timer = setTimeout(() => {
      questions.delete(id);
      answer.reject(
        new AskError(`${method}: want an answer, got none in time`, { kind: 'timeout', phase: 'headers' }),
      );
    }, limitMs);
    write(JSON.stringify({ method, params, jsonrpc: '2.0', id }));
    try {
      const message = await answer.promise;
      if (message === undefined)
        throw new AskError(`${method}: want an answer, got the end of the server`, { kind: 'stopped' });
      return readReply(method, message);
    } finally {
      clearTimeout(timer);
    }
  };

  const initialize = async (): Promise<Agreement> => {
    const agreement = readInitialization(await ask('initialize', INITIALIZE_PARAMS, timeoutMs));
    write(JSON.stringify({ method: 'notifications/initialized', jsonrpc: '2.0' }));
    return agreement;
  };
  const negotiate = async (): Promise<Agreement> => {
    if (era === 'legacy') return initialize();
    try {
      // A legacy server that leaves it unanswered is asked with initialize in good time.
      const limitMs = era === 'auto' ? Math.min(timeoutMs, 2000) : timeoutMs;
      return readDiscovery(await ask('server/discover', { _meta: metaOf(MODERN_META) }, limitMs));
    } catch (error) {
      if (era === 'modern' || !mayBeLegacy(error)) throw error;
      return initialize();
    }
  };

  let agreement: Agreement;
  try {
    agreement = await negotiate();
  } catch (error) {
    await server.end();
    throw error;
  }

  return {
    agreement,
    isStateful: true,
    pid: server.pid,
    isUsable: () => isUsable,
    ask: (method, params, limitMs) =>
      ask(method, agreement.era === 'modern' ? { ...params, _meta: metaOf(MODERN_META) } : params, limitMs),
    call: (call, done: (end: CallEnd) => void) => {
      lastId += 1;
      const id = canonicalId(String(lastId));
      let isDone = false;
      const settle = (outcome: CallOutcome): void => {
        if (isDone) return;
        isDone = true;
        done({ outcome, endMs: nowMs(), firstByteMs: undefined, retryAfterMs: undefined });
      };
      const requestId = lastId;
      if (isUsable) {
        calls.set(id, settle);
        wire.sent += call.beforeBytes + id.length + 1;
        server.write(`${call.before}${requestId}}\n`);
      } else queueMicrotask(() => settle({ kind: 'stopped' }));
      return {
        abandon: (outcome) => {
          // The pipe stays, so the server has to be told.
          if (calls.delete(id)) {
            write(
              JSON.stringify({ method: 'notifications/cancelled', params: { requestId }, jsonrpc: '2.0' }),
            );
          }
          settle(outcome);
        },
      };
    },
    close: () => server.end(),
  };
}
