import type { Config } from '../config/config.ts';
import { reload as mergeReload } from '../config/reload.ts';
import type { SessionInsight } from '../detectors/session-insight.ts';
import { exportSessions } from '../metrics/session-metrics.ts';
import { exportConnections, exportOldestRequest, exportParkedRequests } from '../metrics/sidecar-metrics.ts';
import type { Clock } from '../model/clock.ts';
import type { DetectorPace } from '../model/detector-pace.ts';
import type { LiveSnapshot } from '../model/live-snapshot.ts';
import type { Log } from '../model/log.ts';
import { startProxy, type ListenTls } from '../proxy/http-proxy.ts';
import type { ProxySettings } from '../proxy/settings.ts';
import { createHttpTap } from '../taps/http-tap.ts';
import type { ServerAddress } from '../traces/span-attributes.ts';
import { startTraces } from '../traces/start-traces.ts';
import { checkUpstream } from './check-upstream.ts';
import { createObservation, tapOptions, VERSION } from './observation.ts';
import { jsonRoutes } from '../status/admin-server.ts';
import { originOf, startAdmin } from './start-admin.ts';
import { startBackends, type Backends } from './start-backends.ts';
import { startBenchStore } from './start-bench-store.ts';
import { benchRoutes } from '../status/bench-routes.ts';
import { startDetectors } from './start-detectors.ts';
import { startEvidence } from './start-evidence.ts';
import { startPage, type StatusPage } from './start-page.ts';
import { startProbes } from './start-probes.ts';
import { startSweeper } from './start-sweeper.ts';
import { errorDetail } from './error-text.ts';
import { remarkOnSessions, serverReading } from './watch-sessions.ts';

/** How often silent sessions and lost calls are looked for. */
const SWEEP_MS = 5000;

/** A sidecar in front of an HTTP server. */
export interface Sidecar {
  /** Where clients connect. */
  readonly listenUrl: string;
  readonly metricsUrl: string;
  /** Where the server connects to its database, if that is tapped. */
  readonly databaseAddress: Backends['databaseAddress'];
  readonly snapshot: () => LiveSnapshot;
  readonly page: StatusPage;
  /** Method and path of each route of the admin server. */
  readonly adminRoutes: readonly string[];
  /** What becomes of the sessions, as far as it can be told now. */
  readonly sessionInsight: () => SessionInsight;
  /**
   * Takes a new configuration into force, as far as that is possible without a restart.
   * @throws Error if its certificate cannot be used; the former configuration then runs on.
   */
  readonly reload: (loaded: Config) => void;
  /** Says that a new configuration was broken and the former one runs on. */
  readonly reloadFailed: () => void;
  /** Lets exchanges end within the configured limit, then stops. */
  readonly stop: () => Promise<void>;
}

/** What a sidecar is given from outside. */
export interface SidecarParts {
  readonly log: Log;
  readonly clock: Clock;
  /** Where OpenTelemetry's variables are looked for; default: nowhere, so that there are no traces. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How fast the detectors live; default: as usual. */
  readonly detectorPace?: DetectorPace;
}

/**
 * Starts the proxy, the tap and the admin server.
 * @throws Error if an address cannot be listened on; nothing stays open then.
 */
export async function startSidecar(initial: Config, parts: SidecarParts): Promise<Sidecar> {
  const { log, clock, detectorPace: pace } = parts;
  let config = initial;
  let settings = proxySettings(config);
  const startedAtMs = clock.nowMs();
  const traces = await startTraces({
    env: parts.env ?? {},
    clock,
    log,
    version: VERSION,
    instance: config.instance,
    server: () => addressOf(settings.upstream),
  });
  let options = tapOptions(config, traces !== undefined);
  const observation = createObservation(() => config, clock, log, traces);
  const { registry, sink, live } = observation;
  const onTapError = (error: unknown): void => log('error', `tap: ${errorDetail(error)}`);
  const tap = createHttpTap(() => options, sink, clock, onTapError);
  exportOldestRequest(registry, tap.oldestCallAgeMs);
  exportParkedRequests(registry, tap.callsParked);
  exportSessions(registry, tap.census, sink.clientLabel);

  const proxy = await startProxy({
    listen: config.listen.address,
    ...(config.listen.tls && { listenTls: listenTls(config.listen.tls) }),
    settings: () => settings,
    observe: (head) => (config.tap.enabled ? tap.observe(head) : undefined),
    onObserverError: (error) => {
      sink.dropped('tap_error');
      onTapError(error);
    },
    clock,
  });
  const listenUrl = originOf(proxy.address, config.listen.tls ? 'https' : 'http');
  const backends = await startBackends(() => config, { observation, clock, log }).catch(
    async (error: unknown) => {
      await proxy.drain(0);
      throw error;
    },
  );
  const probes = await startProbes(() => config, { observation, clock, log }).catch(
    async (error: unknown) => {
      await Promise.all([backends.stop(), proxy.drain(0)]);
      throw error;
    },
  );
  const bench = await startBenchStore(registry, observation.state, log);
  exportConnections(registry, proxy.upstreamConnections, proxy.downstreamConnections);
  const sweep = (): void => {
    tap.sweep();
    observation.sessions.read(serverReading(observation.board));
  };
  const stopSweeper = startSweeper(sweep, SWEEP_MS, onTapError);
  const sessionInsight = () => observation.sessions.insight(tap.census());
  const evidence = startEvidence(() => config, { observation, clock, log });
  const detectors = await startDetectors(() => config, {
    observation,
    clock,
    log,
    pace,
    remark: (detector) => remarkOnSessions(detector, sessionInsight),
    onUrgent: evidence.onUrgent,
  });

  let admin: Awaited<ReturnType<typeof startAdmin>> | undefined;
  const snapshot = (): LiveSnapshot => ({
    ...live.snapshot(),
    uptimeSeconds: (clock.nowMs() - startedAtMs) / 1000,
    upstream: settings.upstream.origin,
    listen: listenUrl,
    metricsUrl: admin?.metricsUrl ?? '',
    inFlight: tap.callsPending(),
    backends: backends.snapshot(),
    detectors: detectors.snapshot(),
    probes: probes.snapshot(),
  });
  const readiness = () => checkUpstream(settings.upstream);
  const page = await startPage({
    observation,
    clock,
    log,
    config: () => config,
    snapshot,
    inFlight: tap.callsPending,
    backends: backends.snapshot,
    readings: backends.readings,
    probes: probes.snapshot,
    probe: probes.detail,
    sessionInsight,
    detectors,
    remark: (detector) => remarkOnSessions(detector, sessionInsight),
    readiness,
  });
  const startAdminOrStop = async (): ReturnType<typeof startAdmin> => {
    try {
      return await startAdmin(
        () => config,
        {
          metrics: observation.metrics,
          readiness,
          status: snapshot,
          routes: [
            jsonRoutes({ '/api/v1/detectors': detectors.report, '/api/v1/sessions': sessionInsight }),
            probes.routes,
            ...page.routes,
            benchRoutes(bench, () => config.admin.token),
          ],
          access: page.access,
          hosts: page.hosts,
        },
        log,
      );
    } catch (error) {
      stopSweeper();
      await Promise.all([
        page.stop(),
        detectors.stop(),
        evidence.stop(),
        probes.stop(),
        backends.stop(),
        proxy.drain(0),
      ]);
      throw error;
    }
  };
  admin = await startAdminOrStop();
  const { metricsUrl, server: adminServer } = admin;
  log('info', `traffic on ${listenUrl}, forwarded to ${settings.upstream.origin}`);

  return {
    listenUrl,
    metricsUrl,
    databaseAddress: backends.databaseAddress,
    snapshot,
    page,
    adminRoutes: adminServer.routes,
    sessionInsight,
    reload: (loaded) => {
      const { config: merged, needRestart } = mergeReload(config, loaded);
      const mergedSettings = proxySettings(merged);
      const mergedOptions = tapOptions(merged, traces !== undefined);
      // First, for it may throw: a reload takes effect as a whole or not at all.
      if (merged.listen.tls) proxy.setTlsContext(listenTls(merged.listen.tls));
      config = merged;
      settings = mergedSettings;
      options = mergedOptions;
      backends.reload();
      probes.reload();
      observation.sidecar.reloaded(true, clock.wallMs());
      if (needRestart.length > 0) log('warn', `need a restart to change: ${needRestart.join(', ')}`);
    },
    reloadFailed: () => observation.sidecar.reloaded(false, clock.wallMs()),
    stop: async () => {
      // At once, but not waited for: a server that does not answer must not hold up the drain.
      const probesStopped = probes.stop();
      // Metrics stay readable while the last exchanges end.
      const noCallWaits = (): boolean => config.tap.enabled && tap.callsPending() === 0;
      await proxy.drain(config.listen.drainTimeoutMs, noCallWaits);
      // Not before: a drain may take long, and silent sessions and cut calls are still to be counted.
      stopSweeper();
      await Promise.all([page.stop(), detectors.stop(), evidence.stop()]);
      // After the drain: the last calls needed the database.
      await backends.stop();
      await probesStopped;
      await adminServer.stop();
      await bench.stop();
      await observation.stop();
    },
  };
}

function proxySettings({ upstream, listen }: Config): ProxySettings {
  if (upstream.url === undefined) throw new Error('upstream.url: want the origin of the server, got none');
  return {
    upstream: new URL(upstream.url),
    tls: upstream.tls,
    connectTimeoutMs: upstream.connectTimeoutMs,
    headersTimeoutMs: upstream.headersTimeoutMs,
    hostHeader: upstream.hostHeader,
    via: listen.via,
    xForwarded: listen.xForwarded,
    keepAliveMs: upstream.keepAliveMs,
  };
}

const listenTls = ({ cert, key, clientCa }: NonNullable<Config['listen']['tls']>): ListenTls => ({
  cert,
  key,
  ...(clientCa !== undefined && { ca: clientCa }),
});

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

const addressOf = ({ hostname, port, protocol }: URL): ServerAddress => ({
  // Without the brackets of an IPv6 address.
  address: hostname.replace(/^\[(.*)\]$/, '$1'),
  port: port === '' ? (DEFAULT_PORTS[protocol] ?? 0) : Number(port),
});
