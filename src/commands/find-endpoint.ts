import { systemClock } from '../model/clock.ts';
import type { ProbeCredentials, ProbeDefinition, ProbeTarget } from '../model/probe.ts';
import type { FailureReason } from '../model/probe-result.ts';
import { createCredentialReader } from '../probes/probe-secrets.ts';
import { surveyServer, type ServerSurvey } from '../probes/survey-server.ts';
import type { SeenEras } from './init-plan.ts';

/** How long one attempt may take. */
const ATTEMPT_MS = 10_000;

/** The version from which `server/discover` agrees on the version. */
const FIRST_MODERN = '2026-07-28';

type Transport = 'streamable' | 'sse';
type Place = readonly [path: string, transport: Transport];

/** Where servers have their endpoint, the most usual first. */
const PLACES: readonly Place[] = [
  ['/mcp', 'streamable'],
  ['/', 'streamable'],
  ['/sse', 'sse'],
  ['/mcp/', 'streamable'],
  ['/api/mcp', 'streamable'],
  ['/mcp/sse', 'sse'],
];

/** After these no other path fares better. */
const HOPELESS: ReadonlySet<FailureReason> = new Set([
  'dns',
  'refused',
  'unreachable',
  'tls',
  'timeout',
  'credentials',
]);
const LOCKED: ReadonlySet<FailureReason> = new Set(['unauthorized', 'forbidden']);

/** An attempt that came to nothing. */
export interface FailedAttempt {
  readonly what: string;
  readonly came: string;
}

/** A server that answered, or what was tried. */
export type FoundEndpoint =
  | {
      readonly kind: 'found';
      readonly path: string;
      readonly transport: Transport;
      readonly eras: SeenEras;
      readonly survey: ServerSurvey;
    }
  /** Something asks who is there. */
  | { readonly kind: 'locked'; readonly path: string; readonly tried: readonly FailedAttempt[] }
  | { readonly kind: 'none'; readonly tried: readonly FailedAttempt[] };

const placesOf = (path: string): readonly Place[] => {
  if (path === '') return PLACES;
  const places: readonly Place[] = [
    [path, 'streamable'],
    [path, 'sse'],
  ];
  return path.endsWith('/sse') ? places.toReversed() : places;
};

/** What is tried of a server, without what is looked at. */
export const definitionOf = (
  target: ProbeTarget,
  credentials: ProbeCredentials | undefined,
  timeoutMs = ATTEMPT_MS,
): Omit<ProbeDefinition, 'check'> => ({
  name: 'init',
  target,
  era: 'auto',
  ...(credentials && { credentials }),
  timeoutMs,
  retries: 0,
});

/** The target of a probe at a path of an origin. */
export const httpTarget = (
  origin: string,
  path: string,
  transport: Transport,
  headers: Readonly<Record<string, string>> = {},
): ProbeTarget => ({ over: 'http', url: `${origin}${path}`, transport, tls: { verify: true }, headers });

/** Which eras work, where one does: a server that agreed on a modern version may speak the legacy one as well. */
async function erasOf(
  definition: Omit<ProbeDefinition, 'check'>,
  survey: ServerSurvey,
  env: NodeJS.ProcessEnv,
): Promise<SeenEras> {
  if ((survey.result.protocolVersion ?? '') < FIRST_MODERN) return ['legacy'];
  const legacy = await surveyServer({ ...definition, era: 'legacy' }, optionsOf(env));
  return legacy.result.failure === undefined ? ['legacy', 'modern'] : ['modern'];
}

/** What a run of a probe is given here. */
export const optionsOf = (env: NodeJS.ProcessEnv) => ({
  clock: systemClock,
  readCredentials: createCredentialReader(env),
});

/**
 * Looks for the MCP endpoint of a server over HTTP: at its usual paths, over Streamable HTTP of both eras or HTTP+SSE.
 * @param path looked at alone; empty: the usual ones.
 */
export async function findEndpoint(
  origin: string,
  path: string,
  credentials: ProbeCredentials | undefined,
  env: NodeJS.ProcessEnv,
): Promise<FoundEndpoint> {
  const tried: FailedAttempt[] = [];
  let locked: string | undefined;
  for (const [at, transport] of placesOf(path)) {
    const definition = definitionOf(httpTarget(origin, at, transport), credentials);
    const survey = await surveyServer(definition, optionsOf(env));
    const { failure } = survey.result;
    if (failure === undefined) {
      const eras = transport === 'sse' ? (['legacy'] as const) : await erasOf(definition, survey, env);
      return { kind: 'found', path: at, transport, eras, survey };
    }
    const over = transport === 'sse' ? 'HTTP+SSE' : 'Streamable HTTP';
    tried.push({ what: `${origin}${at} (${over})`, came: `${failure.reason}: ${failure.message}` });
    if (HOPELESS.has(failure.reason)) break;
    if (LOCKED.has(failure.reason)) locked ??= at;
  }
  return locked === undefined ? { kind: 'none', tried } : { kind: 'locked', path: locked, tried };
}

/** Whether a server that answers refuses those who call it by another host, as a guard against DNS rebinding does. */
export async function refusesHost(
  host: string,
  {
    origin,
    path,
    transport,
  }: { readonly origin: string; readonly path: string; readonly transport: Transport },
  credentials: ProbeCredentials | undefined,
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const definition = definitionOf(httpTarget(origin, path, transport, { host }), credentials);
  const { failure } = (await surveyServer(definition, optionsOf(env))).result;
  return failure?.reason === 'http_4xx' || failure?.reason === 'forbidden';
}
