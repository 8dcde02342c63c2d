import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isLoopbackAddress, isPrivateAddress } from '../bench/private-address.ts';
import type { Config } from '../config/config.ts';
import { parseHttpUrl } from '../config/backend-url.ts';
import { codeOf } from '../model/error-facts.ts';
import type { ProbeCredentials, ProbeTls } from '../model/probe.ts';
import type { BenchOptions } from './bench-options.ts';

/** A server over HTTP, at one endpoint or several. */
export interface HttpBenchTarget {
  readonly over: 'http';
  readonly endpoints: readonly {
    readonly url: string;
    /** What its name stands for; connections go to these and no others. */
    readonly addresses: readonly string[];
  }[];
  readonly tls: ProbeTls | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: ProbeCredentials | undefined;
  readonly era: 'auto' | 'legacy' | 'modern';
  /** All endpoints are on this machine. */
  readonly isLocal: boolean;
}

/** A server that is started and spoken to over pipes. */
export interface StdioBenchTarget {
  readonly over: 'stdio';
  readonly command: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly credentials: ProbeCredentials | undefined;
  readonly era: 'auto' | 'legacy' | 'modern';
}

/** What the load goes to. */
export type BenchServerTarget = HttpBenchTarget | StdioBenchTarget;

/** The target, or every problem with it. */
export type FoundTarget =
  | { readonly ok: true; readonly target: BenchServerTarget }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Addresses of a name; an address stands for itself. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Asks the system, as connections do. */
export const resolveHost: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');

interface Resolved {
  readonly url: string;
  readonly addresses: readonly string[];
  readonly problem?: string;
}

/** Looks an endpoint's name up and refuses what is somebody else's. */
async function resolveEndpoint(url: string, isOwnServer: boolean, resolve: Resolve): Promise<Resolved> {
  const host = hostOf(url);
  let addresses: readonly string[];
  try {
    addresses = isIP(host) === 0 ? await resolve(host) : [host];
  } catch (error) {
    return { url, addresses: [], problem: `${host}: want a name that can be resolved, got ${codeOf(error)}` };
  }
  const foreign = addresses.filter((address) => !isPrivateAddress(address));
  if (foreign.length === 0 || isOwnServer) return { url, addresses };
  const stands = foreign[0] === host ? '' : ` (${foreign.join(', ')})`;
  return {
    url,
    addresses,
    problem: `${host}${stands}: want a loopback or private address, or --yes-i-own-this-server, got neither: load on somebody else's server is an attack`,
  };
}

async function httpTarget(
  urls: readonly string[],
  parts: Omit<HttpBenchTarget, 'over' | 'endpoints' | 'isLocal'>,
  options: BenchOptions,
  resolve: Resolve,
): Promise<FoundTarget> {
  const resolved = await Promise.all(urls.map((url) => resolveEndpoint(url, options.isOwnServer, resolve)));
  const problems = resolved.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) return { ok: false, problems };
  const endpoints = resolved.map(({ url, addresses }) => ({ url, addresses }));
  const isLocal = endpoints.every(({ addresses }) => addresses.every(isLoopbackAddress));
  return { ok: true, target: { over: 'http', endpoints, isLocal, ...parts } };
}

/** The target of a configured probe. */
async function probeTarget(
  name: string,
  options: BenchOptions,
  { probes }: Config,
  resolve: Resolve,
): Promise<FoundTarget> {
  const found = probes.list.find(({ definition }) => definition.name === name);
  if (found === undefined) {
    const known = probes.list.map(({ definition }) => definition.name).join(', ');
    const wanted = known === '' ? 'none is configured' : `configured are ${known}`;
    return {
      ok: false,
      problems: [
        `want URLs such as http://127.0.0.1:8000/mcp or the name of a probe, got ${JSON.stringify(name)} (${wanted})`,
      ],
    };
  }
  const { target, credentials, era } = found.definition;
  if (target.over === 'stdio') {
    const { command, cwd, env } = target;
    return { ok: true, target: { over: 'stdio', command, cwd, env, credentials, era } };
  }
  if (target.transport === 'sse') {
    return { ok: false, problems: [`probe ${name}: want Streamable HTTP or stdio, got HTTP+SSE`] };
  }
  const { url, tls, headers } = target;
  return httpTarget([url], { tls, headers, credentials, era: options.era ?? era }, options, resolve);
}

/** A URL that may be shown: a password in it is none of a terminal's. */
const withoutUser = (text: string): string => text.replace(/\/\/[^/]*@/, '//***@');

/** Finds out what the load goes to; names are resolved, and what is not one's own is refused. */
export async function findBenchTarget(
  options: BenchOptions,
  config: Config,
  resolve: Resolve = resolveHost,
): Promise<FoundTarget> {
  const { targets, command, headers } = options;
  const era = options.era ?? 'auto';
  if (command.length > 0) {
    return {
      ok: true,
      target: { over: 'stdio', command, cwd: undefined, env: {}, credentials: undefined, era },
    };
  }
  const [first, ...others] = targets;
  if (first !== undefined && others.length === 0 && !/^https?:\/\//.test(first)) {
    const found = await probeTarget(first, options, config, resolve);
    return found.ok ? { ok: true, target: withHeaders(found.target, headers) } : found;
  }
  const urls = targets.map((text) => parseHttpUrl(text) ?? '');
  const wrong = targets.filter((_, i) => urls[i] === '');
  if (wrong.length > 0) {
    return {
      ok: false,
      problems: wrong.map(
        (text) =>
          `want a URL such as http://127.0.0.1:8000/mcp without user and fragment, got ${JSON.stringify(withoutUser(text))}`,
      ),
    };
  }
  const credentials = headers.bearer === undefined ? undefined : { bearer: headers.bearer };
  return httpTarget(urls, { tls: undefined, headers: headers.plain, credentials, era }, options, resolve);
}

function withHeaders(target: BenchServerTarget, headers: BenchOptions['headers']): BenchServerTarget {
  if (target.over === 'stdio') return target;
  const { bearer } = headers;
  return {
    ...target,
    headers: { ...target.headers, ...headers.plain },
    credentials: bearer === undefined ? target.credentials : { ...target.credentials, bearer },
  };
}
