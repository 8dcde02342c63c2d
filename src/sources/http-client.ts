import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { tlsConnectOptions, type ClientTls } from '../model/client-tls.ts';
import { codeOf } from '../model/error-facts.ts';
import { httpErrorText } from './http-error-text.ts';

/** Who the client says it is: with a password, or with a token. */
export type HttpCredentials =
  { readonly username: string; readonly password: string } | { readonly bearer: string };

/** How the client behaves. */
export interface HttpClientOptions {
  readonly tls?: ClientTls;
  readonly credentials?: HttpCredentials;
  /** Connections at a time. */
  readonly connections: number;
  /** The longest body that is taken, before and after it is unpacked. */
  readonly maxBytes: number;
}

/** A question that changes nothing on the server. */
export interface HttpQuestion {
  readonly url: URL;
  readonly accept: string;
  /** Sent as a form by POST; without it the method is GET. */
  readonly form?: URLSearchParams;
  /** The longest body of this answer, in place of the client's. */
  readonly maxBytes?: number;
}

/** A whole answer. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly contentType: string | undefined;
  /** UTF-8; of an answer other than 200 only up to 64 KiB, and empty if it could not be read. */
  readonly text: string;
}

/** A client with connections of its own. */
export interface HttpClient {
  /**
   * Asks once; follows no redirect.
   * @param signal ends the exchange; nothing else limits its time.
   * @throws Error with the reason in words and without an address: `connection refused`.
   */
  readonly ask: (question: HttpQuestion, signal: AbortSignal) => Promise<HttpAnswer>;
  /** Closes the connections; what is under way fails. */
  readonly close: () => Promise<void>;
}

const FAILED_MAX_BYTES = 65_536;
/** Longer than the usual time between readings; a server that closes sooner says so. */
const KEEP_ALIVE_MS = 90_000;
/** A server may close an idle connection at the moment of the request: these failures come before any answer. */
const STALE: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

const unpack = promisify(gunzip);

const authorizationOf = (credentials: HttpCredentials): string =>
  'bearer' in credentials
    ? `Bearer ${credentials.bearer}`
    : `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;

function checkCredentials(credentials: HttpCredentials | undefined): void {
  if (credentials === undefined) return;
  if ('bearer' in credentials) {
    if (!/^[\x21-\x7e]+$/.test(credentials.bearer)) {
      throw new Error('token: want printable ASCII characters without spaces, got something else');
    }
  } else if (credentials.username.includes(':')) {
    throw new Error('username: want no colon, got one');
  }
}

function createAgent({ tls = {}, connections }: HttpClientOptions): Agent {
  return new Agent({
    connections,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: tlsConnectOptions(tls),
  });
}

const MIB = 1024 * 1024;

const sizeText = (bytes: number): string => (bytes % MIB === 0 ? `${bytes / MIB} MiB` : `${bytes} bytes`);

const tooLong = (maxBytes: number): Error =>
  new Error(`want a body of at most ${sizeText(maxBytes)}, got a longer one`);

async function readBody(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw tooLong(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function decode(bytes: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  if (encoding === '' || encoding === 'identity') return bytes;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new Error(`want a body in gzip or as it is, got ${encoding}`);
  }
  try {
    return await unpack(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    if (codeOf(cause) === 'ERR_BUFFER_TOO_LARGE') throw tooLong(maxBytes);
    throw new Error('want a whole body in gzip, got a broken one', { cause });
  }
}

const headerOf = (response: Dispatcher.ResponseData, name: string): string | undefined => {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

async function readAnswer(response: Dispatcher.ResponseData, maxBytes: number): Promise<HttpAnswer> {
  const { statusCode, body } = response;
  const limit = statusCode === 200 ? maxBytes : Math.min(maxBytes, FAILED_MAX_BYTES);
  const encoding = (headerOf(response, 'content-encoding') ?? '').trim().toLowerCase();
  const contentType = headerOf(response, 'content-type');
  try {
    const bytes = await decode(await readBody(body, limit), encoding, limit);
    return { statusCode, contentType, text: new TextDecoder().decode(bytes) };
  } catch (error) {
    if (statusCode === 200) throw error;
    // The status says enough.
    return { statusCode, contentType, text: '' };
  }
}

/**
 * Makes a client for one server; it opens a connection with its first question.
 * @throws Error if credentials cannot be sent, e.g. a token with a line break.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { credentials, maxBytes } = options;
  checkCredentials(credentials);
  const agent = createAgent(options);
  const authorization = credentials === undefined ? undefined : authorizationOf(credentials);

  const send = ({ url, accept, form }: HttpQuestion, signal: AbortSignal): Promise<Dispatcher.ResponseData> =>
    request(url, {
      dispatcher: agent,
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        accept,
        'accept-encoding': 'gzip',
        'user-agent': 'mcp-vitals',
        ...(authorization !== undefined && { authorization }),
        ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      body: form?.toString() ?? null,
      signal,
    });

  const sendAgain = async (question: HttpQuestion, signal: AbortSignal): Promise<Dispatcher.ResponseData> => {
    try {
      return await send(question, signal);
    } catch (error) {
      if (signal.aborted || !STALE.has(codeOf(error))) throw error;
      return send(question, signal);
    }
  };

  return {
    ask: async (question, signal) => {
      try {
        return await readAnswer(await sendAgain(question, signal), question.maxBytes ?? maxBytes);
      } catch (error) {
        throw new Error(httpErrorText(error, signal), { cause: error });
      }
    },
    close: () => agent.destroy(),
  };
}
