import { toEndpoint } from '../bench/endpoint.ts';
import type { McpSession } from '../bench/call-end.ts';
import type { WireBytes } from '../bench/http-connection.ts';
import { createHttpPool } from '../bench/http-pool.ts';
import { modernSession, openHttpSession, type HttpSessionOptions } from '../bench/http-session.ts';
import type { Agreement } from '../bench/negotiate.ts';
import type { RunParts } from '../bench/run-parts.ts';
import { openSessionCallers } from '../bench/session-callers.ts';
import { openStdioSession, type StdioSession } from '../bench/stdio-session.ts';
import { readProbeTls } from '../probes/probe-secrets.ts';
import type { BenchCredentials } from './bench-credentials.ts';
import type { BenchServerTarget, HttpBenchTarget, StdioBenchTarget } from './bench-target.ts';

/** The way to a target. */
export interface BenchSessions {
  readonly openCallers: RunParts['openCallers'];
  readonly endpoints: number;
  readonly agreement: Agreement;
  /** For what is asked beside the load; it stays open. */
  readonly first: McpSession;
  /** Process of a server that was started here. */
  readonly pid: number | undefined;
  readonly wire: WireBytes;
  readonly stop: () => Promise<void>;
}

const OPEN_TIMEOUT_MS = 30_000;

async function httpSessions(target: HttpBenchTarget, credentials: BenchCredentials): Promise<BenchSessions> {
  const wire: WireBytes = { sent: 0, received: 0 };
  const nowMs = (): number => performance.now();
  const tls = target.tls === undefined ? undefined : await readProbeTls(target.tls);
  const options = target.endpoints.map(({ url, addresses }): HttpSessionOptions => ({
    pool: createHttpPool(toEndpoint(url, tls, addresses), wire, nowMs),
    headers: credentials.headers,
    nowMs,
    timeoutMs: OPEN_TIMEOUT_MS,
  }));
  const closePools = (): void => {
    for (const { pool } of options) pool.close();
  };
  const [firstEndpoint] = options;
  if (firstEndpoint === undefined) throw new Error('target: want an endpoint, got none');
  let first: McpSession;
  try {
    first = await openHttpSession(firstEndpoint, target.era);
  } catch (error) {
    closePools();
    throw error;
  }
  const { agreement } = first;
  return {
    endpoints: options.length,
    agreement,
    first,
    pid: undefined,
    wire,
    openCallers: (users, endpoints, sessions, counts) =>
      openSessionCallers({
        users,
        sessions,
        counts,
        nowMs,
        open: async (user) => {
          const endpoint = options[user % endpoints] ?? firstEndpoint;
          // Without sessions there is nothing to open.
          if (agreement.era === 'modern') return modernSession(endpoint, agreement);
          return openHttpSession(endpoint, 'legacy');
        },
      }),
    stop: async () => {
      await first.close();
      closePools();
    },
  };
}

/** Variables without which programs do not run. */
const USUAL_VARIABLES = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'LANG', 'TMPDIR'];

async function stdioSessions(
  target: StdioBenchTarget,
  credentials: BenchCredentials,
  env: NodeJS.ProcessEnv,
): Promise<BenchSessions> {
  const wire: WireBytes = { sent: 0, received: 0 };
  const nowMs = (): number => performance.now();
  const usual = Object.fromEntries(
    USUAL_VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
  const options = {
    command: {
      command: target.command,
      ...(target.cwd !== undefined && { cwd: target.cwd }),
      env: { ...usual, ...target.env, ...credentials.env },
    },
    wire,
    nowMs,
    timeoutMs: OPEN_TIMEOUT_MS,
  };
  const first: StdioSession = await openStdioSession(options, target.era);
  const { agreement } = first;
  // The process is one session, which its users share: their calls are told apart by their ids.
  const shared: McpSession = { ...first, isStateful: false, close: async () => true };
  return {
    endpoints: 1,
    agreement,
    first,
    pid: first.pid,
    wire,
    openCallers: (users, _endpoints, sessions, counts) =>
      openSessionCallers({
        users,
        sessions,
        counts,
        nowMs,
        open: async () => (sessions === 'per_request' ? openStdioSession(options, agreement.era) : shared),
      }),
    stop: async () => {
      await first.close();
    },
  };
}

/**
 * Opens the first session with a target and agrees on an era, which all others then have.
 * @throws AskError, or Error with one line, if there is no server to speak to.
 */
export const openBenchSessions = (
  target: BenchServerTarget,
  credentials: BenchCredentials,
  env: NodeJS.ProcessEnv,
): Promise<BenchSessions> =>
  target.over === 'http' ? httpSessions(target, credentials) : stdioSessions(target, credentials, env);
