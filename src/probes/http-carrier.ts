import { Agent, request, type Dispatcher } from 'undici';
import type { ClientTls } from '../model/client-tls.ts';
import { messageOf } from '../model/error-facts.ts';
import { within } from '../model/within.ts';
import { ProbeFailure } from './probe-failure.ts';
import { rpcOfBody } from './rpc-of-body.ts';
import { createTimedConnector, type ConnectionTimes } from './timed-connector.ts';
import { MAX_TEXT, type TranscriptRecorder } from './transcript-recorder.ts';
import { wireFailure } from './wire-failure.ts';

/** Characters of a body that are held: a little more than a transcript keeps, so that masking sees whole secrets. */
const HELD_TEXT = MAX_TEXT + 4096;
/** How long ending a session may take. */
const END_SESSION_MS = 3000;
/** Largest body that is taken at all. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** One request with its answer, as far as it came. */
export interface Exchange {
  readonly number: number;
  readonly method: string;
  /** Id of the JSON-RPC request in it; undefined where there is none. */
  readonly rpcId?: string | number;
  readonly status?: number;
  /** True where an event had an id: the answer may still come on another stream. */
  readonly resumable: boolean;
}

type OpenExchange = { -readonly [Key in keyof Exchange]: Exchange[Key] };

/** What a carrier is given. */
export interface HttpCarrierOptions {
  /** The server's endpoint. */
  readonly url: string;
  /** Origins beside the endpoint's that requests may go to, such as an authorization server's. */
  readonly otherOrigins?: readonly string[];
  readonly tls: ClientTls;
  /** Sent with each request to the endpoint's origin, the credentials among them; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly recorder: TranscriptRecorder;
  readonly nowMs: () => number;
  /** Aborted at the deadline. */
  readonly signal: AbortSignal;
  /** How long the answer to an `initialize` that comes too late is waited for, to end the session that it opens. */
  readonly lateSessionMs?: number;
  /** The head of an answer has come. */
  readonly onFirstByte?: (exchange: Exchange) => void;
  /** A body ended; `error` says why where it was cut. */
  readonly onEnd?: (exchange: Exchange, error?: ProbeFailure) => void;
}

/** Carries the requests of one run over connections of its own, and takes them down. */
export interface HttpCarrier {
  /** For the MCP client: `fetch`, without following redirects. */
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>;
  /** Times of the first connection to the endpoint's origin. */
  readonly connection: () => ConnectionTimes | undefined;
  readonly certificateExpiryMs: () => number | undefined;
  /** Ends every session that was opened (DELETE), also one that was opened too late; never rejects. */
  readonly endSessions: () => Promise<void>;
  /** Cuts what is open. */
  readonly close: () => Promise<void>;
}

function headerPairs(headers: Dispatcher.ResponseData['headers']): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : (Array.isArray(value) ? value : [value]).map((each) => [name, each]),
  );
}

/** Headers that say something of the request they came with. */
const OF_ONE_REQUEST = [
  'content-type',
  'content-length',
  'accept',
  'last-event-id',
  'mcp-method',
  'mcp-name',
] as const;

/** Statuses that a Response must not have a body with (Fetch, null body status). */
const withoutBody = (status: number): boolean => [101, 204, 205, 304].includes(status);

/** Makes the carrier of one run. */
export function createHttpCarrier(options: HttpCarrierOptions): HttpCarrier {
  const { recorder, nowMs, signal } = options;
  const endpoint = new URL(options.url);
  const sessions = new Map<string, Readonly<Record<string, string>>>();
  /** Answers to `initialize` that are still awaited, whatever the deadline says. */
  const opening = new Set<Promise<void>>();
  const closing = new AbortController();
  let connection: ConnectionTimes | undefined;
  let expiryMs: number | undefined;
  let count = 0;
  let broken: Error | undefined;
  const agent = new Agent({
    connect: createTimedConnector(
      options.tls,
      {
        connected: (origin, times) => {
          if (new URL(origin).origin === endpoint.origin) connection ??= times;
        },
        certificate: (endsMs) => {
          expiryMs = Math.min(expiryMs ?? endsMs, endsMs);
        },
        broken: (error) => {
          broken ??= error;
        },
      },
      nowMs,
      closing.signal,
    ),
    // The run has a deadline of its own, and streams may be silent as long as they like.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 60_000,
    pipelining: 1,
    maxHeaderSize: 64 * 1024,
  });

  const requestHeaders = (url: URL, init: RequestInit | undefined): Record<string, string> => ({
    'accept-encoding': 'identity',
    ...(url.origin === endpoint.origin ? options.headers : {}),
    ...Object.fromEntries(new Headers(init?.headers)),
  });

  const open = async (url: URL, init: RequestInit | undefined): Promise<Response> => {
    const method = init?.method ?? 'GET';
    const body = init?.body === undefined || init.body === null ? '' : await new Response(init.body).text();
    const headers = requestHeaders(url, init);
    const rpc = rpcOfBody(body);
    const usedSession = headers['mcp-session-id'];
    // The later headers have the protocol version that was agreed, and perhaps a newer token.
    if (usedSession !== undefined && sessions.has(usedSession)) sessions.set(usedSession, headers);
    const isElsewhere = url.origin !== endpoint.origin;
    // A server must not send the sidecar to places of its choice, as by the metadata that it names.
    if (isElsewhere && options.otherOrigins?.includes(url.origin) !== true) {
      const refusal = `want requests to ${endpoint.origin}, got one to ${url.origin}: not sent`;
      recorder.note(refusal);
      throw new ProbeFailure('protocol', refusal);
    }
    const aboutTokens = isElsewhere || url.pathname.includes('/.well-known/') || body.includes('grant_type=');
    count += 1;
    const exchange: OpenExchange = {
      number: count,
      method,
      ...(rpc.id !== undefined && { rpcId: rpc.id }),
      resumable: false,
    };
    const head = { exchange: exchange.number, url: url.href, aboutTokens };
    recorder.request({ ...head, method, headers: Object.entries(headers), body });
    const stop = AbortSignal.any([closing.signal, ...(init?.signal ? [init.signal] : [])]);
    // An `initialize` is not cut at the deadline: the session that it opens has to be ended.
    const answering = request(url, {
      dispatcher: agent,
      method,
      headers,
      ...(body !== '' && { body }),
      signal: rpc.isInitialize ? closing.signal : stop,
    });
    const remember = (answer: Dispatcher.ResponseData): void => {
      // A body that nobody reads any more is cut at the end: its error must not be nobody's.
      answer.body.on('error', () => {});
      const sessionId = answer.headers['mcp-session-id'];
      if (typeof sessionId !== 'string') return;
      recorder.redaction.learn(sessionId);
      sessions.set(sessionId, headers);
    };
    if (rpc.isInitialize) opening.add(rememberLate(answering, remember));
    const answer = await (rpc.isInitialize ? orAborted(answering, stop) : answering);
    exchange.status = answer.statusCode;
    remember(answer);
    options.onFirstByte?.(exchange);
    const pairs = headerPairs(answer.headers);
    recorder.answer({ ...head, status: answer.statusCode, headers: pairs });
    const stream = withoutBody(answer.statusCode)
      ? null
      : ReadableStream.from(observed(answer.body, exchange, aboutTokens, stop));
    if (stream === null) answer.body.resume();
    // The types of the stream in lib.dom's place and of node:stream/web differ in name only.
    return new Response(stream, { status: answer.statusCode, headers: pairs });
  };

  /** The body, byte for byte, while what is kept of it is taken down. */
  async function* observed(
    body: Dispatcher.ResponseData['body'],
    exchange: OpenExchange,
    aboutTokens: boolean,
    stop: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const decoder = new TextDecoder();
    let held = '';
    let bytes = 0;
    let failure: ProbeFailure | undefined;
    const onStop = (): void => {
      body.destroy();
    };
    stop.addEventListener('abort', onStop, { once: true });
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > MAX_BODY_BYTES) {
          throw new ProbeFailure('protocol', `want an answer of at most ${MAX_BODY_BYTES} bytes, got more`);
        }
        if (held.length < HELD_TEXT) {
          const text = decoder.decode(chunk, { stream: true });
          exchange.resumable ||= /^id:/m.test(text);
          held += text.slice(0, HELD_TEXT - held.length);
        }
        yield chunk;
      }
    } catch (error) {
      const cause = wireFailure(error, signal, broken);
      if (cause instanceof ProbeFailure) failure = cause;
      throw cause;
    } finally {
      stop.removeEventListener('abort', onStop);
      recorder.body({ exchange: exchange.number, aboutTokens }, held, bytes);
      options.onEnd?.(exchange, failure);
    }
  }

  const endOne = async (sessionId: string, headers: Readonly<Record<string, string>>): Promise<void> => {
    const sent: Record<string, string> = { ...headers, 'mcp-session-id': sessionId };
    for (const name of OF_ONE_REQUEST) delete sent[name];
    count += 1;
    const head = { exchange: count, url: endpoint.href, aboutTokens: false };
    recorder.request({ ...head, method: 'DELETE', headers: Object.entries(sent), body: '' });
    // Not AbortSignal.timeout: it would hold on to the run for its whole time.
    const tooLate = new AbortController();
    const timer = setTimeout(() => tooLate.abort(new Error('no answer in time')), END_SESSION_MS);
    try {
      const answer = await request(endpoint, {
        dispatcher: agent,
        method: 'DELETE',
        headers: sent,
        signal: tooLate.signal,
      });
      recorder.answer({ ...head, status: answer.statusCode, headers: headerPairs(answer.headers) });
      await answer.body.dump();
    } catch (error) {
      recorder.note(`the session was not ended: ${messageOf(error)}`);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    fetch: async (url, init) => {
      try {
        return await open(new URL(url), init);
      } catch (error) {
        throw wireFailure(error, signal, broken);
      }
    },
    connection: () => connection,
    certificateExpiryMs: () => expiryMs,
    endSessions: async () => {
      await within(options.lateSessionMs ?? 0, Promise.all(opening));
      await Promise.all([...sessions].map(([id, headers]) => endOne(id, headers)));
      sessions.clear();
    },
    close: async () => {
      closing.abort(new DOMException('the run is over', 'AbortError'));
      await agent.destroy();
    },
  };
}

async function rememberLate(
  answering: Promise<Dispatcher.ResponseData>,
  remember: (answer: Dispatcher.ResponseData) => void,
): Promise<void> {
  try {
    remember(await answering);
  } catch {
    // No answer opened no session.
  }
}

/** The promise's outcome, or the signal's reason if that comes first. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
