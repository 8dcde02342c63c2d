import { auth, type ClientCredentialsProvider } from '@modelcontextprotocol/client';
import { messageOf } from '../model/error-facts.ts';
import type { ProbeCredentials } from '../model/probe.ts';
import { createCredentialReader } from '../probes/probe-secrets.ts';
import { createRedaction } from '../probes/redaction.ts';

/** Credentials of a run. */
export interface BenchCredentials {
  /** Lines of headers, each with its end; a token that was renewed shows at the next request. */
  readonly headers: () => string;
  /** Variables of a server that is started. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => void;
}

/** A token is renewed when so much of its life is over. */
const RENEW_RATIO = 0.8;
const LEAST_RENEW_MS = 5000;
/** What `setTimeout` can wait. */
const MOST_RENEW_MS = 2_147_483_647;

/** Asks only the server and the authorization server that was named: a server must not send us elsewhere. */
const fetchAt =
  (origins: readonly string[]): typeof fetch =>
  async (input, init) => {
    const { origin } = new URL(input instanceof Request ? input.url : input);
    if (!origins.includes(origin))
      throw new Error(`want requests to ${origins.join(' and ')}, got one to ${origin}`);
    return fetch(input, { ...init, redirect: 'error' });
  };

/**
 * Gets a token; resolves to the seconds for which it is good, where that is said.
 * @throws Error with one line if there is none.
 */
async function fetchToken(
  provider: ClientCredentialsProvider,
  serverUrl: string,
  issuer: string,
): Promise<number | undefined> {
  try {
    const fetchFn = fetchAt([new URL(serverUrl).origin, new URL(issuer).origin]);
    await auth(provider, { serverUrl, fetchFn });
  } catch (error) {
    throw new Error(`OAuth: want a token, got ${messageOf(error)}`, { cause: error });
  }
  return provider.tokens()?.expires_in;
}

/**
 * Reads the credentials of a run, as probes do, and keeps an OAuth token fresh while it lasts.
 * @param plain headers that are no secret, by name.
 * @param onProblem told when a token cannot be renewed.
 * @throws Error if a secret cannot be read or no token is given.
 */
export async function readBenchCredentials(
  credentials: ProbeCredentials | undefined,
  plain: Readonly<Record<string, string>>,
  serverUrl: string | undefined,
  env: NodeJS.ProcessEnv,
  onProblem: (problem: string) => void,
): Promise<BenchCredentials> {
  const read = await createCredentialReader(env)(credentials, createRedaction());
  const { oauth } = read;
  const issuer = credentials?.oauth?.issuer ?? '';
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const own = Object.entries({ ...plain, ...read.headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  let lines = own;
  const take = (expiresSeconds: number | undefined): void => {
    const token = oauth?.tokens()?.access_token;
    lines = token === undefined ? own : `${own}Authorization: Bearer ${token}\r\n`;
    if (expiresSeconds === undefined || isStopped) return;
    const waitMs = Math.min(MOST_RENEW_MS, Math.max(LEAST_RENEW_MS, expiresSeconds * 1000 * RENEW_RATIO));
    timer = setTimeout(() => void renew(), waitMs).unref();
  };
  const renew = async (): Promise<void> => {
    if (oauth === undefined || serverUrl === undefined) return;
    try {
      take(await fetchToken(oauth, serverUrl, issuer));
    } catch (error) {
      onProblem(messageOf(error));
      take(LEAST_RENEW_MS / 1000);
    }
  };
  if (oauth !== undefined && serverUrl !== undefined) take(await fetchToken(oauth, serverUrl, issuer));
  return {
    headers: () => lines,
    env: read.env,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
