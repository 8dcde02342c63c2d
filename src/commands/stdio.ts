import type { Config } from '../config/config.ts';
import { loadSettings } from './load-settings.ts';
import { secrets } from '../config/secrets.ts';
import { exportSessions } from '../metrics/session-metrics.ts';
import { exportOldestRequest } from '../metrics/sidecar-metrics.ts';
import { systemClock } from '../model/clock.ts';
import type { LiveSnapshot } from '../model/live-snapshot.ts';
import type { Log } from '../model/log.ts';
import { exitCodeOf, runStdioProxy } from '../proxy/stdio-proxy.ts';
import { createStdioTap } from '../taps/stdio-tap.ts';
import { startTraces } from '../traces/start-traces.ts';
import { exitCode, printProblems, type CommandIo } from './command.ts';
import { createObservation, tapOptions, VERSION } from './observation.ts';
import { startAdmin } from './start-admin.ts';
import { startDetectors } from './start-detectors.ts';
import { startPage } from './start-page.ts';
import { startBackends, type Backends } from './start-backends.ts';
import type { SourceParts } from './start-sources.ts';
import { startEvidence } from './start-evidence.ts';
import { jsonRoutes } from '../status/admin-server.ts';
import { createLog } from './write-log.ts';
import { errorDetail, errorMessage } from './error-text.ts';

/**
 * `mcp-vitals stdio -- command args`: runs a stdio server in its client's
 * place, passes everything through and measures it. The server runs even if
 * the metrics cannot be served.
 */
export async function stdio(argv: readonly string[], io: CommandIo): Promise<number> {
  const split = argv.indexOf('--');
  const [command, ...args] = split === -1 ? [] : argv.slice(split + 1);
  if (command === undefined) {
    printProblems(io, [
      'stdio: want the command of the server after --, as in `mcp-vitals stdio -- node server.js`',
    ]);
    return exitCode.misused;
  }
  // The server's own stderr goes to the same place: without a word from its user the log keeps to warnings.
  const env = { MCP_VITALS_LOG_LEVEL: 'warn', ...io.env };
  const loaded = loadSettings({ env, flags: argv.slice(0, split) });
  if (!loaded.ok) {
    printProblems(io, loaded.problems);
    return exitCode.misused;
  }
  const { config } = loaded;
  // The sidecar's secrets are no business of the server's.
  const secretVariables = new Set(secrets.map((secret) => secret.env));
  const serverEnv = Object.fromEntries(Object.entries(io.env).filter(([name]) => !secretVariables.has(name)));
  const log = createLog(io.stderr, () => config.log);
  const traces = await startTraces({
    env: io.env,
    clock: systemClock,
    log,
    version: VERSION,
    instance: config.instance,
    server: () => undefined,
  });
  const observation = createObservation(() => config, systemClock, log, traces);
  const options = tapOptions(config, traces !== undefined);
  const tap = createStdioTap(() => options, observation.sink, systemClock);
  exportOldestRequest(observation.registry, tap.oldestCallAgeMs);
  exportSessions(observation.registry, tap.census, observation.sink.clientLabel);
  const startedAtMs = systemClock.nowMs();
  let childPid: number | undefined;
  const parts: SourceParts = { observation, clock: systemClock, log, child: () => childPid };
  const backends = await startWhatCan(config, parts);
  const evidence = startEvidence(() => config, parts);
  const detectors = await startDetectors(() => config, { ...parts, onUrgent: evidence.onUrgent });
  let admin: ServedMetrics | undefined;
  const snapshot = (): LiveSnapshot => ({
    ...observation.live.snapshot(),
    uptimeSeconds: (systemClock.nowMs() - startedAtMs) / 1000,
    // Not its arguments: people pass secrets there.
    upstream: command,
    listen: 'stdio',
    metricsUrl: admin?.metricsUrl ?? '',
    inFlight: tap.callsPending(),
    backends: backends.snapshot(),
    detectors: detectors.snapshot(),
    probes: [],
  });
  const sessionInsight = () => observation.sessions.insight(tap.census());
  const readiness = () => Promise.resolve({ ready: true } as const);
  const page = await startPage({
    ...parts,
    config: () => config,
    snapshot,
    inFlight: tap.callsPending,
    backends: backends.snapshot,
    readings: backends.readings,
    probes: () => [],
    probe: () => undefined,
    sessionInsight,
    detectors,
    remark: undefined,
    readiness,
  });
  admin = await serveMetrics(config, log, {
    metrics: observation.metrics,
    readiness,
    status: snapshot,
    routes: [
      jsonRoutes({
        '/api/v1/detectors': detectors.report,
        '/api/v1/sessions': sessionInsight,
      }),
      ...page.routes,
    ],
    access: page.access,
    hosts: page.hosts,
  });
  try {
    const exit = await runStdioProxy({
      command,
      args,
      env: serverEnv,
      observer: config.tap.enabled ? tap : undefined,
      onObserverError: (error) => {
        observation.sink.dropped('tap_error');
        log('error', `tap: ${errorDetail(error)}`);
      },
      log,
      onStarted: (pid) => {
        childPid = pid;
        backends.reload();
      },
    });
    return exitCodeOf(exit);
  } catch (error) {
    printProblems(io, [errorMessage(error)]);
    return 127;
  } finally {
    await Promise.all([page.stop(), detectors.stop(), evidence.stop()]);
    await backends.stop();
    await admin?.server.stop();
    await observation.stop();
  }
}

/** Starts the backends; without the database tap where that cannot listen, since the server has to run in any case. */
async function startWhatCan(config: Config, parts: SourceParts): Promise<Backends> {
  try {
    return await startBackends(() => config, parts);
  } catch (error) {
    parts.log(
      'error',
      `database tap: ${errorMessage(error)}; the server runs all the same, its queries are not measured`,
    );
    const { database: _database, ...rest } = config;
    return startBackends(() => rest, parts);
  }
}

type ServedMetrics = Awaited<ReturnType<typeof startAdmin>>;

/** Serves the metrics on the configured port, on any other if that is taken (a client may start several servers), or not at all. */
async function serveMetrics(
  config: Config,
  log: Log,
  sources: Parameters<typeof startAdmin>[1],
): Promise<ServedMetrics | undefined> {
  const { address } = config.admin;
  for (const port of address.port === 0 ? [0] : [address.port, 0]) {
    const admin: Config['admin'] = { ...config.admin, address: { ...address, port } };
    try {
      return await startAdmin(() => ({ ...config, admin }), sources, log);
    } catch (error) {
      log('warn', `${errorMessage(error)}; the server runs all the same`);
    }
  }
  return undefined;
}
