import { createHttpClient } from './http-client.ts';
import type { HttpAnswer, HttpCredentials } from './http-client.ts';
import { readEnvelope, readResult } from './prometheus-answer.ts';
import type { PrometheusAnswer } from './prometheus-answer.ts';
import { chunksOf, joinAnswers } from './prometheus-range.ts';
import type { TimeGrid } from './prometheus-range.ts';
import { readAlerts, type PrometheusAlert } from './prometheus-alerts.ts';
import type { ClientTls } from '../model/client-tls.ts';

/** Which server is asked, and as whom. */
export interface PrometheusApiOptions {
  /** The server up to the path before `/api/v1`; a query of the URL is sent with every request. */
  readonly url: string;
  readonly credentials?: HttpCredentials;
  /** With `cert` and `key` for mTLS. */
  readonly tls?: ClientTls;
  /** The longest answer, also unpacked; default 1 MiB to an instant query and 64 MiB to each chunk of a range. */
  readonly maxBytes?: number;
}

/**
 * A server with the HTTP API of Prometheus. Everything throws Error such as
 * `prometheus http://host:9090: 422 execution: query timed out`, never with a secret.
 */
export interface PrometheusApi {
  /** Name of the server in messages: `prometheus http://host:9090`. */
  readonly subject: string;
  /** Evaluates an expression at a Unix time in milliseconds, without one at the server's now. */
  readonly instant: (
    expr: string,
    options: { readonly signal: AbortSignal; readonly atMs?: number },
  ) => Promise<PrometheusAnswer>;
  /** Evaluates an expression at many times; a long range is asked for in chunks, one after the other. */
  readonly range: (
    expr: string,
    options: TimeGrid & { readonly signal: AbortSignal },
  ) => Promise<PrometheusAnswer>;
  /** The alerts that are firing or pending. */
  readonly alerts: (signal: AbortSignal) => Promise<readonly PrometheusAlert[]>;
  readonly close: () => Promise<void>;
}

// An answer is parsed in one go: those to instant queries come while the proxy works, and are of a few series.
const INSTANT_MAX_BYTES = 1024 * 1024;
const RANGE_MAX_BYTES = 64 * 1024 * 1024;
const CONNECTIONS = 3;
/** Answers of servers, old ones and proxies before them, that take a query by GET only. */
const NO_POST = new Set([405, 501]);

const secondsOf = (ms: number): string => (ms / 1000).toFixed(3);

function secretsOf(credentials: HttpCredentials | undefined): readonly string[] {
  if (credentials === undefined) return [];
  if ('bearer' in credentials) return [credentials.bearer];
  const { username, password } = credentials;
  return [password, Buffer.from(`${username}:${password}`).toString('base64')];
}

/** A server's own words in one short line; one that echoes what it was sent must not tell a secret. */
function toWords(error: unknown, secrets: readonly string[]): string {
  const text = error instanceof Error ? error.message : String(error);
  const hidden = secrets
    .filter((secret) => secret !== '')
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  const line = hidden.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

function toAnswer({ statusCode, contentType, text }: HttpAnswer): PrometheusAnswer {
  const envelope = readEnvelope(text);
  if (envelope?.status === 'error') {
    throw new Error(`${statusCode} ${envelope.errorType ?? 'error'}: ${envelope.error ?? 'no reason given'}`);
  }
  if (statusCode !== 200) throw new Error(`want 200, got ${statusCode}`);
  if (envelope === undefined) {
    throw new Error(`want JSON of the query API, got ${contentType ?? 'a body without a type'}`);
  }
  return readResult(envelope);
}

/**
 * Makes a client of a Prometheus-compatible HTTP API. Expressions go by POST, since they may be long, and by GET to a
 * server that refuses it. Source: Prometheus, "HTTP API", expression queries.
 * @throws Error if the credentials cannot be sent.
 */
export function createPrometheusApi(options: PrometheusApiOptions): PrometheusApi {
  const base = new URL(options.url);
  const path = base.pathname.replace(/\/+$/, '');
  const subject = `prometheus ${base.origin}${path}`;
  const secrets = secretsOf(options.credentials);
  const client = createHttpClient({
    connections: CONNECTIONS,
    maxBytes: options.maxBytes ?? RANGE_MAX_BYTES,
    ...(options.credentials !== undefined && { credentials: options.credentials }),
    ...(options.tls !== undefined && { tls: options.tls }),
  });
  const instantMaxBytes = options.maxBytes ?? INSTANT_MAX_BYTES;
  let takesPost = true;

  const ask = async (
    endpoint: 'query' | 'query_range',
    form: URLSearchParams,
    signal: AbortSignal,
  ): Promise<HttpAnswer> => {
    const url = new URL(`${base.origin}${path}/api/v1/${endpoint}${base.search}`);
    const shared = {
      accept: 'application/json',
      ...(endpoint === 'query' && { maxBytes: instantMaxBytes }),
    };
    if (takesPost) {
      const answer = await client.ask({ ...shared, url, form }, signal);
      if (!NO_POST.has(answer.statusCode)) return answer;
      takesPost = false;
    }
    for (const [name, value] of form) url.searchParams.set(name, value);
    return client.ask({ ...shared, url }, signal);
  };

  const query = async (
    endpoint: 'query' | 'query_range',
    form: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<PrometheusAnswer> => {
    try {
      return toAnswer(await ask(endpoint, new URLSearchParams(form), signal));
    } catch (error) {
      throw new Error(`${subject}: ${toWords(error, secrets)}`, { cause: error });
    }
  };

  return {
    subject,
    instant: (expr, { signal, atMs }) =>
      query('query', { query: expr, ...(atMs !== undefined && { time: secondsOf(atMs) }) }, signal),
    range: async (expr, { signal, ...grid }) => {
      const answers: PrometheusAnswer[] = [];
      for (const { fromMs, toMs, stepMs } of chunksOf(grid)) {
        const times = { start: secondsOf(fromMs), end: secondsOf(toMs), step: secondsOf(stepMs) };
        answers.push(await query('query_range', { query: expr, ...times }, signal));
      }
      return joinAnswers(answers);
    },
    alerts: async (signal) => {
      const url = new URL(`${base.origin}${path}/api/v1/alerts${base.search}`);
      try {
        const { statusCode, text } = await client.ask({ accept: 'application/json', url }, signal);
        if (statusCode !== 200) throw new Error(`want 200, got ${statusCode}`);
        return readAlerts(text);
      } catch (error) {
        throw new Error(`${subject}: ${toWords(error, secrets)}`, { cause: error });
      }
    },
    close: client.close,
  };
}
