import { canonicalId } from '../mcp/message-facts.ts';
import { AskError } from './ask-error.ts';
import { askHttp, requestHead, type HttpReply } from './ask-http.ts';
import { headerIn } from './call-answer.ts';
import type { CallEnd, McpSession } from './call-end.ts';
import { HttpCall } from './http-call.ts';
import type { HttpPool } from './http-pool.ts';
import {
  CLIENT_INFO,
  INITIALIZE_PARAMS,
  readDiscovery,
  readInitialization,
  VERSIONS,
  type Agreement,
  type Era,
} from './negotiate.ts';
import { metaOf, modernHeaders } from './planned-call.ts';
import { readReply } from './read-reply.ts';

/** What sessions over HTTP are opened with. */
export interface HttpSessionOptions {
  readonly pool: HttpPool;
  /** Headers of the user, credentials among them, each with its line end; asked for each request. */
  readonly headers: () => string;
  readonly nowMs: () => number;
  /** For opening and ending. */
  readonly timeoutMs: number;
}

type Message = Readonly<Record<string, unknown>>;

/** Ids are unique over all sessions of the process: a mix-up of two answers would show. */
let lastId = 10_000_000;
const nextId = (): number => (lastId += 1);

const MODERN_META = { protocolVersion: VERSIONS.modern, clientInfo: CLIENT_INFO };

/** Whether a failure means that the server does not know the session any more. */
function isLost({ outcome }: CallEnd, statusCode: number): boolean {
  if (statusCode === 404) return true;
  return statusCode === 400 && outcome.kind === 'answer' && /session/i.test(outcome.facts.errorText ?? '');
}

function createSession(
  options: HttpSessionOptions,
  agreement: Agreement,
  sessionId: string | undefined,
): McpSession {
  const { pool, nowMs } = options;
  const isModernEra = agreement.era === 'modern';
  const own =
    `MCP-Protocol-Version: ${agreement.protocolVersion}\r\n` +
    (sessionId === undefined ? '' : `Mcp-Session-Id: ${sessionId}\r\n`);
  let isUsable = true;
  let userHeaders = '';
  let head = '';
  const headNow = (): string => {
    const headers = options.headers();
    if (headers !== userHeaders || head === '') {
      userHeaders = headers;
      // The length of the body follows, after the headers of the call.
      head = requestHead(pool, 'POST', own + headers, 0).replace(/Content-Length: 0\r\n\r\n$/, '');
    }
    return head;
  };
  const send = (message: Message, extra: string, timeoutMs: number): Promise<HttpReply> =>
    askHttp(pool, { method: 'POST', headers: own + extra + options.headers(), message }, timeoutMs);

  return {
    agreement,
    isStateful: sessionId !== undefined,
    isUsable: () => isUsable,
    ask: async (method, params, timeoutMs) => {
      const name = typeof params['name'] === 'string' ? params['name'] : undefined;
      const whole = isModernEra ? { ...params, _meta: metaOf(MODERN_META) } : params;
      const message = { method, params: whole, jsonrpc: '2.0', id: nextId() };
      const reply = await send(message, isModernEra ? modernHeaders(method, name) : '', timeoutMs);
      return readReply(method, reply.message, reply.statusCode);
    },
    call: (call, done) => {
      const id = String(nextId());
      const length = call.beforeBytes + id.length + 1;
      const open = new HttpCall(canonicalId(id), nowMs, (end, statusCode) => {
        if (statusCode >= 400 && sessionId !== undefined && isLost(end, statusCode)) isUsable = false;
        done(end);
      });
      open.cut = pool.send(
        `${headNow()}${call.headers}Content-Length: ${length}\r\n\r\n${call.before}${id}}`,
        call.isAscii ? 'latin1' : 'utf8',
        open,
      );
      return open;
    },
    close: async () => {
      if (sessionId === undefined || !isUsable) return true;
      try {
        const headers = own + options.headers();
        const { statusCode } = await askHttp(pool, { method: 'DELETE', headers }, options.timeoutMs);
        return statusCode < 300;
      } catch {
        // Whether the server heard of it nobody knows; who counts sessions is told.
        return false;
      }
    },
  };
}

async function initialize(options: HttpSessionOptions): Promise<McpSession> {
  const { pool, timeoutMs } = options;
  const message = { method: 'initialize', params: INITIALIZE_PARAMS, jsonrpc: '2.0', id: nextId() };
  const reply = await askHttp(pool, { method: 'POST', headers: options.headers(), message }, timeoutMs);
  const agreement = readInitialization(readReply('initialize', reply.message, reply.statusCode));
  const sessionId = headerIn(reply.rawHeaders, 'mcp-session-id');
  const session = createSession(options, agreement, sessionId);
  const headers =
    `MCP-Protocol-Version: ${agreement.protocolVersion}\r\n` +
    (sessionId === undefined ? '' : `Mcp-Session-Id: ${sessionId}\r\n`) +
    options.headers();
  const initialized = { method: 'notifications/initialized', jsonrpc: '2.0' };
  await askHttp(pool, { method: 'POST', headers, message: initialized }, timeoutMs);
  return session;
}

async function discover(options: HttpSessionOptions): Promise<McpSession> {
  const method = 'server/discover';
  const message = { method, params: { _meta: metaOf(MODERN_META) }, jsonrpc: '2.0', id: nextId() };
  const headers = `MCP-Protocol-Version: ${VERSIONS.modern}\r\n${modernHeaders(method)}${options.headers()}`;
  const reply = await askHttp(options.pool, { method: 'POST', headers, message }, options.timeoutMs);
  const agreement = readDiscovery(readReply(method, reply.message, reply.statusCode));
  return createSession(options, agreement, undefined);
}

/** Whether a failed `server/discover` may mean that the server is of the legacy era. */
const mayBeLegacy = (error: unknown): boolean => {
  if (!(error instanceof AskError)) return false;
  const { outcome } = error;
  if (outcome.kind === 'answer' || outcome.kind === 'no_answer') return true;
  return outcome.kind === 'http' && outcome.statusCode < 500 && ![401, 403, 429].includes(outcome.statusCode);
};

/**
 * Opens a session over Streamable HTTP.
 * @param era `auto` asks with `server/discover`, and opens with `initialize` where that is refused.
 * @throws AskError if the server does not take part.
 */
export async function openHttpSession(options: HttpSessionOptions, era: Era | 'auto'): Promise<McpSession> {
  if (era === 'legacy') return initialize(options);
  try {
    return await discover(options);
  } catch (error) {
    if (era === 'modern' || !mayBeLegacy(error)) throw error;
    return initialize(options);
  }
}

/** A session of the modern era needs no opening: it is what was agreed before. */
export const modernSession = (options: HttpSessionOptions, agreement: Agreement): McpSession =>
  createSession(options, agreement, undefined);
