import { createServer } from 'node:net';
import type { Address } from '../config/address.ts';
import type { Config } from '../config/config.ts';
import { parseDuration } from '../config/duration.ts';
import { DEMO_BREAKS, type DemoBreakName } from '../demo/demo-breaks.ts';
import { demoProbes } from '../demo/demo-probes.ts';
import { loadSettings } from './load-settings.ts';
import { poolSize } from '../demo/pool-size.ts';
import { startDemo, type Demo } from '../demo/start-demo.ts';
import { USUAL_PACE, type DetectorPace } from '../model/detector-pace.ts';
import { systemClock } from '../model/clock.ts';
import type { LiveSnapshot } from '../model/live-snapshot.ts';
import { exitCode, printProblems, takeOptions } from './command.ts';
import type { CommandIo } from './command.ts';
import { demoApart, isDemoApart } from './demo-apart.ts';
import { readBreaks, readRate } from './demo-options.ts';
import { isScreen, startLiveView, wantsColor } from './live-view.ts';
import type { ViewStream } from './live-view.ts';
import { startSidecar, type Sidecar, type SidecarParts } from './sidecar.ts';
import { originOf } from './start-admin.ts';
import { renderSummary } from './terminal-view.ts';
import { createLog } from './write-log.ts';
import { errorMessage } from './error-text.ts';

/** A client that somebody else has connected is not waited for. */
const drainTimeoutMs = 1000;
/** Stand in for the embedded server's and database's addresses until these are known, so that mistakes show before anything starts. */
const anywhere = ['--upstream', 'http://127.0.0.1:1', '--database', '127.0.0.1:1'];
const databaseTap = ['--database.listen', '127.0.0.1:0', '--database.pool-size', String(poolSize)];
/** Often enough that the first figures are there soon. */
const timing = { intervalMs: 5000, timeoutMs: 5000 };
/** Hours in a minute: what leaks shows while one watches. */
const leakPace: DetectorPace = { ...USUAL_PACE, sampleMs: 250, rate: 360 };
/** As often as the detectors look, or nearly so. */
const leakTiming = { intervalMs: 500, timeoutMs: 500 };
/** Limits that are reached soon, as a server's own would be after days. */
const leakLimits: Config['detectors']['limits'] = { sessions: 140, memoryBytes: 448 * 1024 ** 2 };

interface DemoSettings {
  readonly config: Config;
  readonly ratePerSecond: number;
  /** undefined: until Ctrl-C. */
  readonly durationMs: number | undefined;
  readonly breaks: readonly DemoBreakName[];
}

function readSettings(argv: readonly string[], io: CommandIo): DemoSettings | readonly string[] {
  const { values, rest, problems: wrong } = takeOptions(argv, ['--for', '--rate', '--break']);
  const problems = [...wrong];
  const duration = values.get('--for');
  const durationMs = duration === undefined ? undefined : parseDuration(duration);
  if (duration !== undefined && !(durationMs !== undefined && durationMs > 0)) {
    problems.push(`--for: want a duration such as 30s or 5m, got ${JSON.stringify(duration)}`);
  }
  const rate = readRate(values.get('--rate'));
  const broken = readBreaks(values.get('--break'));
  problems.push(...rate.problems, ...broken.problems);
  const loaded = loadSettings({ env: io.env, flags: [...rest, ...anywhere, ...databaseTap] });
  if (!loaded.ok) return [...problems, ...loaded.problems];
  if (problems.length > 0) return problems;
  return { config: loaded.config, ratePerSecond: rate.value, durationMs, breaks: broken.value };
}

/** The port itself, or for 0 a free one; undefined if it is taken. */
async function freePort(host: string, port: number): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' ? address?.port : undefined);
      });
    });
  });
}

/** The address itself if it is free, else one with a free port of its host. */
async function freeAddress(address: Address, name: string, say: (line: string) => void): Promise<Address> {
  const { host } = address;
  const port = await freePort(host, address.port);
  if (port !== undefined) return { ...address, port };
  say(`${name}: port ${address.port} is taken, so a free one is used`);
  return { ...address, port: (await freePort(host, 0)) ?? 0 };
}

/** Resolves to undefined after the time, or at SIGINT or SIGTERM; to the reason when something fails first. */
async function untilOver(
  durationMs: number | undefined,
  failed: Promise<string>,
): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let onSignal: (() => void) | undefined;
  const over = new Promise<undefined>((resolve) => {
    onSignal = () => {
      resolve(undefined);
    };
    process.once('SIGINT', onSignal);
    process.once('SIGTERM', onSignal);
    if (durationMs !== undefined) timer = setTimeout(onSignal, durationMs);
  });
  try {
    return await Promise.race([over, failed]);
  } finally {
    clearTimeout(timer);
    // From here on a second Ctrl-C ends the process at once.
    if (onSignal) process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** What is shown of the configuration, without the addresses that only stand in for those of the embedded parts. */
function shownInDemo({ shown }: Config): Config['shown'] {
  const { upstream: _upstream, database: _database, ...rest } = shown;
  return rest;
}

/** The configuration with the tap before this database. */
function withDatabase(config: Config, databaseUrl: string): Config {
  const { hostname, port } = new URL(databaseUrl);
  if (config.database === undefined) throw new Error('demo: want a database tap configured, got none');
  return { ...config, database: { ...config.database, upstream: { host: hostname, port: Number(port) } } };
}

/** The database's URL by way of the sidecar. */
function through(databaseUrl: string, { databaseAddress }: Sidecar): string {
  const url = new URL(databaseUrl);
  url.port = String(databaseAddress?.port ?? url.port);
  return url.href;
}

const leaks = ({ breaks }: DemoSettings): boolean => breaks.some((name) => DEMO_BREAKS[name].isLeak);

/** The configuration with limits that a leak of the demo reaches, where none were given. */
function withLimits(config: Config): Config {
  const { detectors } = config;
  return { ...config, detectors: { ...detectors, limits: { ...leakLimits, ...detectors.limits } } };
}

/** The configuration with what can be read of the demo's parts. */
function withSources(config: Config, { serverUrl, databaseUrl }: Demo, isLeaking: boolean): Config {
  const database = new URL(databaseUrl);
  const server = new URL(serverUrl);
  return {
    ...config,
    sources: {
      ...config.sources,
      process: { port: Number(server.port), ...(isLeaking ? leakTiming : timing) },
      postgres: {
        url: {
          host: database.hostname,
          port: Number(database.port),
          user: database.username,
          database: database.pathname.slice(1),
        },
        password: database.password,
        pools: [],
        ...timing,
      },
      scrape: { url: `${server.origin}/metrics`, tls: {}, map: [], ...timing },
    },
  };
}

/** The configuration with probes of the demo's server, beside those that were configured. */
function withProbes(config: Config, { serverUrl }: Demo): Config {
  const { probes } = config;
  return { ...config, probes: { ...probes, list: [...demoProbes(serverUrl), ...probes.list] } };
}

async function run(settings: DemoSettings, io: CommandIo, stops: (() => Promise<void>)[]): Promise<number> {
  const stdout: ViewStream = io.stdout;
  const say = (line: string): void => {
    stdout.write(`${line}\n`);
  };
  const { promise: failed, resolve: fail } = Promise.withResolvers<string>();
  const startedAtMs = Date.now();
  const adminAddress = await freeAddress(settings.config.admin.address, 'admin', say);
  say(
    `Status page on ${originOf({ address: adminAddress.host, port: adminAddress.port })}/ – open it in a browser`,
  );
  say('Starting PostgreSQL (embedded), a weather service and an MCP server on top of them ...');
  const isLeaking = leaks(settings);
  const config = isLeaking ? withLimits(settings.config) : settings.config;
  // On a screen, what is logged meanwhile would be painted over: it is shown afterwards.
  const held: string[] = [];
  const screen = isScreen(stdout, io.env);
  const log = createLog(io.stderr, () => ({ ...config.log, level: screen ? 'error' : 'warn' }));
  const parts: SidecarParts = {
    log: (level, message, fields) => {
      if (screen && (level === 'warn' || level === 'error')) held.push(`${level}: ${message}`);
      else log(level, message, fields);
    },
    clock: systemClock,
    env: io.env,
    ...(isLeaking && { detectorPace: leakPace }),
  };
  const serverPort = (await freePort('127.0.0.1', 0)) ?? 0;
  const listening: Config = {
    ...config,
    shown: shownInDemo(config),
    upstream: { ...config.upstream, url: `http://127.0.0.1:${serverPort}` },
    listen: {
      ...config.listen,
      address: await freeAddress(config.listen.address, 'listen', say),
      drainTimeoutMs: Math.min(config.listen.drainTimeoutMs, drainTimeoutMs),
    },
    admin: { ...config.admin, address: adminAddress },
  };
  // The sidecar comes between database and server, so it starts after the one and before the other.
  const started: { config: Config; sidecar?: Sidecar } = { config: listening };
  const demoParts = await startDemo({
    onFailure: fail,
    breaks: settings.breaks,
    serverPort,
    databaseVia: async (databaseUrl) => {
      started.config = withDatabase(listening, databaseUrl);
      const sidecar = await startSidecar(started.config, parts);
      stops.unshift(sidecar.stop);
      started.sidecar = sidecar;
      return through(databaseUrl, sidecar);
    },
  });
  stops.push(demoParts.stop);
  const { sidecar } = started;
  if (sidecar === undefined) throw new Error('demo: want the sidecar before its server, got none');
  sidecar.reload(withProbes(withSources(started.config, demoParts, isLeaking), demoParts));
  for (const each of settings.breaks) say(`Broken on request: ${DEMO_BREAKS[each].about}`);
  const upstream = new URL(demoParts.serverUrl);
  say(`MCP server on ${demoParts.serverUrl}`);
  say(`Sidecar in front of it on ${sidecar.listenUrl}${upstream.pathname}`);
  say(`Metrics on ${sidecar.metricsUrl}`);
  const clients = await demoParts.startClients(`${sidecar.listenUrl}${upstream.pathname}`, settings);
  say(
    `Ready after ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s; clients make ${settings.ratePerSecond} calls a second`,
  );

  const callsSinceMs = Date.now();
  // What was before the first client is not part of what is shown.
  const snapshot = (): LiveSnapshot => ({
    ...sidecar.snapshot(),
    uptimeSeconds: (Date.now() - callsSinceMs) / 1000,
  });
  const view = startLiveView({ stdout, env: io.env, snapshot });
  let failure: string | undefined;
  try {
    failure = await untilOver(settings.durationMs, failed);
  } finally {
    view.stop();
  }
  // The clients end their sessions, so that the summary adds up.
  await clients.stop();
  const last = snapshot();
  stdout.write(
    `\n${renderSummary(last, Math.min(stdout.columns ?? 80, 120), { color: wantsColor(stdout, io.env) })}`,
  );
  if (held.length > 0) printProblems(io, held);
  if (failure !== undefined) printProblems(io, [failure]);
  if (last.totals.calls === 0) printProblems(io, ['demo: want tool calls measured, got none']);
  return failure === undefined && last.totals.calls > 0 ? exitCode.ok : exitCode.failed;
}

/**
 * `mcp-vitals demo`: an embedded MCP server and clients of both eras, the
 * sidecar between them, and a live view of what it measures, until Ctrl-C or
 * for a given time. Exit code 1 if nothing was measured or a part failed.
 * With `--serve` or `--clients` its server or its clients alone.
 */
export async function demo(argv: readonly string[], io: CommandIo): Promise<number> {
  if (isDemoApart(argv)) return demoApart(argv, io);
  const settings = readSettings(argv, io);
  if ('length' in settings) {
    printProblems(io, settings);
    return exitCode.misused;
  }
  const stops: (() => Promise<void>)[] = [];
  try {
    return await run(settings, io, stops);
  } catch (error) {
    printProblems(io, [errorMessage(error)]);
    return exitCode.failed;
  } finally {
    for (const stop of stops) await stop();
  }
}
