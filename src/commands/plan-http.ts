import type { SecretSource } from '../model/probe.ts';
import { resolve } from 'node:path';
import type { Questions } from './ask-questions.ts';
import { definitionOf, findEndpoint, httpTarget, refusesHost, type FoundEndpoint } from './find-endpoint.ts';
import { readUpstream, type InitOptions } from './init-options.ts';
import type { InitPlan } from './init-plan.ts';
import { planSetUp } from './init-set-up.ts';
import { MOUNTED_TOKEN } from './init-compose.ts';
import {
  findMetricsPage,
  freePortFrom,
  isLoopback,
  isReachedFromContainers,
  processOnPort,
} from './look-around.ts';
import { planProbes } from './plan-probes.ts';

/** This machine, as containers see it. */
const HOST = 'host.docker.internal';
const LISTEN_PORT = 8080;
const ADMIN_PORT = 9464;

/** What came of looking at a server. */
export type Planned =
  | {
      readonly ok: true;
      readonly plan: InitPlan;
      /** What its user should know beside the files. */
      readonly notes: readonly string[];
      /** The token where it lies on this machine. */
      readonly bearer?: SecretSource;
    }
  | {
      readonly ok: false;
      readonly problems: readonly string[];
      /** True where something was to be said that was not. */
      readonly isMisuse?: boolean;
    };

/** What planning is given from outside. */
export interface PlanParts {
  readonly env: NodeJS.ProcessEnv;
  readonly questions: Questions | undefined;
  readonly say: (line: string) => void;
}

const portOf = (origin: URL): number => Number(origin.port) || (origin.protocol === 'https:' ? 443 : 80);

const absolute = (bearer: SecretSource | undefined): SecretSource | undefined =>
  bearer !== undefined && 'file' in bearer ? { file: resolve(bearer.file) } : bearer;

/** Where containers find what this machine calls loopback. */
function fromContainer(text: string): string {
  const url = new URL(text);
  if (isLoopback(url.hostname)) url.hostname = HOST;
  return url.href.replace(/\/$/, '');
}

const ofTried = (found: Exclude<FoundEndpoint, { kind: 'found' }>): readonly string[] =>
  found.tried.map(({ what, came }) => `tried ${what}: ${came}`);

/** What to do about a server that was not found. */
function problemsOf(
  origin: string,
  found: Exclude<FoundEndpoint, { kind: 'found' }>,
  bearer: SecretSource | undefined,
): readonly string[] {
  const advice =
    found.kind === 'locked'
      ? bearer === undefined
        ? `${origin}${found.path}: want a token: give it with --bearer-env NAME or --bearer-file FILE`
        : `${origin}${found.path}: want a token that the server takes, got another`
      : `${origin}: want an MCP server, found none: start it, give the path of its endpoint with --upstream, or write a configuration without looking with --offline`;
  return [...ofTried(found), advice];
}

/** Looks for the endpoint, and asks for a token where one is needed and somebody can be asked. */
async function look(
  upstream: URL,
  told: SecretSource | undefined,
  { env, questions, say }: PlanParts,
): Promise<{ readonly found: FoundEndpoint; readonly bearer: SecretSource | undefined }> {
  const path = upstream.pathname === '/' ? '' : upstream.pathname;
  say(`Looking for an MCP server at ${upstream.origin}${path} …`);
  const found = await findEndpoint(upstream.origin, path, told && { bearer: told }, env);
  if (found.kind !== 'locked' || told !== undefined || questions === undefined)
    return { found, bearer: told };
  say(`  ${upstream.origin}${found.path} asks for a token.`);
  const { source } = await questions.ask(
    'Variable or file with the bearer token (empty: none)',
    '',
    (answer) => {
      if (answer === '') return { source: undefined };
      if (/[/\\.]/.test(answer)) return { source: { file: resolve(answer) } };
      return (env[answer] ?? '') === ''
        ? `want a variable that is set, or the path of a file, got ${JSON.stringify(answer)}`
        : { source: { env: answer } };
    },
  );
  if (source === undefined) return { found, bearer: undefined };
  return { found: await findEndpoint(upstream.origin, found.path, { bearer: source }, env), bearer: source };
}

/** The first port of loopback where servers usually are and something listens, as the default answer. */
async function usualAddress(): Promise<string> {
  for (const port of [8000, 3001, 3000, 5000]) {
    if ((await processOnPort(port)) !== undefined) return `http://127.0.0.1:${port}`;
  }
  return 'http://127.0.0.1:8000';
}

/** Addresses of the sidecar, other than the defaults where those are taken. */
async function freeAddresses(origin: URL): Promise<Pick<InitPlan, 'listen' | 'admin'>> {
  const taken = new Set(isLoopback(origin.hostname) ? [portOf(origin)] : []);
  const [listen, admin] = [await freePortFrom(LISTEN_PORT, taken), await freePortFrom(ADMIN_PORT, taken)];
  return {
    ...(listen !== undefined && listen !== LISTEN_PORT && { listen: `127.0.0.1:${listen}` }),
    ...(admin !== undefined && admin !== ADMIN_PORT && { admin: `127.0.0.1:${admin}` }),
  };
}

const ERAS = { legacy: 'the legacy era (initialize)', modern: 'the modern era (server/discover)' } as const;

/**
 * Plans the configuration beside a server over HTTP: finds its endpoint, its tools and what else can be read of it.
 * With `--offline` nothing is asked of it.
 */
export async function planHttp(options: InitOptions, parts: PlanParts): Promise<Planned> {
  const { env, questions, say } = parts;
  const upstream =
    options.upstream ??
    (await questions?.ask('Address of the MCP server', await usualAddress(), readUpstream));
  if (upstream === undefined) {
    return {
      ok: false,
      isMisuse: true,
      problems: [
        'init: want --upstream URL, or a command after --, or a terminal to ask in, got none of them',
      ],
    };
  }
  const { origin } = upstream;
  const isHere = isLoopback(upstream.hostname);
  const told = absolute(options.bearer);
  const looked = options.offline ? undefined : await look(upstream, told, parts);
  if (looked !== undefined && looked.found.kind !== 'found')
    return { ok: false, problems: problemsOf(origin, looked.found, looked.bearer) };
  const found = looked?.found.kind === 'found' ? looked.found : undefined;
  const bearer = looked === undefined ? told : looked.bearer;
  const path = found?.path ?? (upstream.pathname === '/' ? '/mcp' : upstream.pathname);
  const transport = found?.transport ?? 'streamable';
  if (found !== undefined) {
    const { result, tools } = found.survey;
    say(
      `  found ${result.server ?? 'a server'} at ${path}, ${found.eras.map((era) => ERAS[era]).join(' and ')}, ${tools.length} tools`,
    );
  }

  const compose = options.compose ?? (await questions?.confirm('Run it with docker compose', false)) ?? false;
  const pid = isHere && !options.offline ? await processOnPort(portOf(upstream)) : undefined;
  const setUp = await planSetUp(options, { isHere, pid }, questions);
  const callTools =
    options.callTools ??
    (found !== undefined && found.survey.tools.length > 0
      ? await questions?.confirm('Probe tools that only read (each is called once now)', true)
      : undefined) ??
    true;
  const planned =
    found === undefined
      ? { probes: [], suggestions: [], untouched: [] }
      : await planProbes(
          definitionOf(httpTarget(origin, path, transport), bearer && { bearer }),
          {
            eras: found.eras,
            tools: found.survey.tools,
            hasTools: found.survey.capabilities.includes('tools'),
            callTools,
            onTry: (name) => say(`  trying the probe ${name}`),
          },
          env,
        );
  const metrics = options.offline ? undefined : await findMetricsPage(origin);
  const inside = compose && bearer !== undefined && 'file' in bearer ? { file: MOUNTED_TOKEN } : bearer;
  const backend = (url: string): string => (compose ? fromContainer(url) : url);
  const name = found?.survey.result.server;
  const containerOrigin = fromContainer(origin);
  const isRefused =
    compose &&
    found !== undefined &&
    containerOrigin !== origin &&
    (await refusesHost(
      new URL(containerOrigin).host,
      { origin, path, transport },
      bearer && { bearer },
      env,
    ));
  const plan: InitPlan = {
    ...(name !== undefined && { name }),
    server: {
      over: 'http',
      origin: compose ? containerOrigin : origin,
      path,
      transport,
      ...(inside && { bearer: inside }),
      ...(isRefused && { host: upstream.host }),
    },
    compose,
    ...(!compose && (await freeAddresses(upstream))),
    ...setUp,
    ...(options.tier !== undefined && { tier: options.tier }),
    ...(!compose && pid !== undefined && { processPort: portOf(upstream) }),
    ...(metrics && { metrics }),
    ...(options.postgres && { postgres: { ...options.postgres, url: backend(options.postgres.url) } }),
    ...(options.redis !== undefined && { redis: backend(options.redis) }),
    ...planned,
  };
  const notes =
    compose && isHere && !options.offline && !(await isReachedFromContainers(portOf(upstream)))
      ? [
          `${origin} listens on loopback alone: containers cannot reach it until it listens on another address too, such as --host 0.0.0.0`,
        ]
      : [];
  return { ok: true, plan, notes, ...(bearer && { bearer }) };
}
