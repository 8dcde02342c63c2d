import type {
  Expectation,
  MaintenanceWindow,
  ProbeCheck,
  ProbeCredentials,
  ProbeDefinition,
  ProbeSchedule,
  ProbeStep,
  ProbeTarget,
  ProbeTls,
  SecretSource,
  StepAction,
} from '../model/probe.ts';
import { parseTargetPattern } from '../model/target-pattern.ts';
import { given } from './given.ts';
import type { ProbeModule, ProbesConfig } from './probes-config.ts';
import type { Settings } from './schema.ts';

type Probes = Settings['probes'];
type Entry = Probes['list'][number];
type Module = Probes['modules'][number];
type Step = Extract<Entry, { kind: 'sequence' }>['steps'][number];
type Credentials = NonNullable<Entry['credentials']>;

/** One of the two is there: the schema says so. */
const secret = ({ file, env = '' }: { file?: string | undefined; env?: string | undefined }): SecretSource =>
  file === undefined ? { env } : { file };

const secrets = (sources: NonNullable<Credentials['headers']>): Readonly<Record<string, SecretSource>> =>
  Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, secret(source)]));

function credentials({ bearer, basic, headers, env, oauth }: Credentials): ProbeCredentials {
  return {
    ...(bearer && { bearer: secret(bearer) }),
    ...(basic && { basic: { username: basic.username, password: secret(basic.password) } }),
    ...(headers && { headers: secrets(headers) }),
    ...(env && { env: secrets(env) }),
    ...(oauth && {
      oauth: {
        issuer: oauth.issuer.replace(/\/$/, ''),
        clientId: oauth.clientId,
        clientSecret: secret(oauth.clientSecret),
        ...given({ scope: oauth.scope }),
      },
    }),
  };
}

function expectation({
  json,
  maxDuration,
  ...rest
}: Step['expect'] | Extract<Entry, { kind: 'http' }>['expect']): Expectation {
  return {
    ...given(rest),
    ...(json && { json: json.map(({ path, ...assertion }) => ({ path, ...given(assertion) })) }),
    ...given({ maxDurationMs: maxDuration }),
  };
}

function action({ tool, resource, prompt, list = 'tools', arguments: values }: Step): StepAction {
  if (tool !== undefined) return { tool, arguments: values };
  if (resource !== undefined) return { resource };
  if (prompt === undefined) return { list };
  const texts = Object.entries(values).map(([name, value]) => [name, String(value)] as const);
  return { prompt, arguments: Object.fromEntries(texts) };
}

const steps = (entries: readonly Step[]): readonly ProbeStep[] =>
  entries.map((step) => ({ action: action(step), expect: expectation(step.expect), capture: step.capture }));

function check(entry: Entry | Module): ProbeCheck {
  switch (entry.kind) {
    case 'handshake': {
      const { kind, capabilities, protocolVersion, serverName } = entry;
      return { kind, capabilities, ...given({ protocolVersion, serverName }) };
    }
    case 'tools': {
      const { kind, failOn, require, snapshotFile } = entry;
      return { kind, failOn, require, ...given({ snapshotFile }) };
    }
    case 'tool': {
      const { kind, tool, arguments: values } = entry;
      return { kind, tool, arguments: values, expect: expectation(entry.expect) };
    }
    case 'resource':
      return { kind: entry.kind, uri: entry.uri, expect: expectation(entry.expect) };
    case 'prompt': {
      const { kind, prompt, arguments: values } = entry;
      return { kind, prompt, arguments: values, expect: expectation(entry.expect) };
    }
    case 'sequence':
    case 'stdio':
      return { kind: entry.kind, steps: steps(entry.steps) };
    case 'http': {
      const { kind, method, body, status } = entry;
      return { kind, method, status, ...given({ body }), expect: expectation(entry.expect) };
    }
    default:
      return entry satisfies never;
  }
}

/** The upstream's own TLS settings where a probe goes to a path of it and has none. */
function tlsOf(entry: Entry | Module, isUpstream: boolean, { upstream }: Settings): ProbeTls {
  const { verify, ...files } = entry.tls ?? (isUpstream ? upstream.tls : { verify: true });
  return { verify, ...given(files) };
}

/** What stands before a path that a probe names; without an upstream the cross-checks have refused it. */
const NO_UPSTREAM = 'http://127.0.0.1';

function target(entry: Entry, settings: Settings): ProbeTarget {
  const { url, command, cwd, env, transport, headers } = entry;
  if (command !== undefined) return { over: 'stdio', command, env, ...given({ cwd }) };
  const isUpstream = url?.startsWith('/') ?? false;
  const whole = isUpstream ? `${settings.upstream.url ?? NO_UPSTREAM}${url}` : (url ?? NO_UPSTREAM);
  return { over: 'http', url: whole, transport, tls: tlsOf(entry, isUpstream, settings), headers };
}

function shared(entry: Entry | Module, { probes }: Settings): Omit<ProbeDefinition, 'target'> {
  return {
    name: entry.name,
    era: entry.era,
    check: check(entry),
    ...(entry.credentials && { credentials: credentials(entry.credentials) }),
    timeoutMs: entry.timeout ?? probes.timeout,
    retries: entry.retries ?? probes.retries,
  };
}

function schedule(entry: Entry, probes: Probes): ProbeSchedule {
  const timeZone = entry.timeZone ?? probes.timeZone;
  return {
    every:
      entry.cron === undefined
        ? { intervalMs: entry.interval ?? probes.interval }
        : { cron: entry.cron, timeZone },
    jitterMs: entry.jitter ?? probes.jitter,
    failureThreshold: entry.failureThreshold ?? probes.failureThreshold,
    successThreshold: entry.successThreshold ?? probes.successThreshold,
    enabled: entry.enabled,
  };
}

function maintenance(entry: Probes['maintenance'][number], probes: Probes): MaintenanceWindow {
  const { cron, duration = 0, timeZone = probes.timeZone, from = 0, to = 0, probes: names } = entry;
  return cron === undefined
    ? { probes: names, fromMs: from, toMs: to }
    : { probes: names, cron, timeZone, durationMs: duration };
}

function moduleOf(entry: Module, settings: Settings): ProbeModule {
  const { transport, headers } = entry;
  const place = { over: 'http', transport, headers, tls: tlsOf(entry, false, settings) } as const;
  return { ...shared(entry, settings), target: place };
}

/** The module that is there without being configured. */
const handshakeModule = ({ probes }: Settings): ProbeModule => ({
  name: 'handshake',
  era: 'auto',
  check: { kind: 'handshake', capabilities: [] },
  timeoutMs: probes.timeout,
  retries: probes.retries,
  target: { over: 'http', transport: 'streamable', headers: {}, tls: { verify: true } },
});

/** The probes that are configured. */
export function toProbes(settings: Settings): ProbesConfig {
  const { probes } = settings;
  const modules = [handshakeModule(settings), ...probes.modules.map((entry) => moduleOf(entry, settings))];
  return {
    list: probes.list.map((entry) => ({
      definition: { ...shared(entry, settings), target: target(entry, settings) },
      schedule: schedule(entry, probes),
    })),
    modules: new Map(modules.map((each) => [each.name, each])),
    targets: probes.targets.flatMap((text) => parseTargetPattern(text) ?? []),
    maintenance: probes.maintenance.map((entry) => maintenance(entry, probes)),
  };
}
