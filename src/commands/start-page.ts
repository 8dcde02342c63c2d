import { exportListeners } from '../metrics/history-metrics.ts';
import { instrument } from '../metrics/instruments.ts';
import type { ConditionReadings } from '../model/condition-readings.ts';
import type { PageHealth } from '../model/page-health.ts';
import type { PageModel, ReadPage } from '../model/page-model.ts';
import type { ReadSeries } from '../model/page-series.ts';
import { alertRunbooks } from '../rules/alert-runbooks.ts';
import { createAccess, type Access } from '../status/access.ts';
import type { AdminRoutes } from '../status/admin-server.ts';
import { apiRoutes } from '../status/api-routes.ts';
import { createBrowserSessions } from '../status/browser-sessions.ts';
import { createEventHub } from '../status/event-hub.ts';
import { loginRoutes } from '../status/login-routes.ts';
import { pageRoutes } from '../status/page-routes.ts';
import { runbookRoutes } from '../status/runbook-routes.ts';
import { errorDetail } from './error-text.ts';
import { createFigureReader } from './history-figures.ts';
import type { PageParts } from './page-parts.ts';
import { readHealth, readPage } from './read-page.ts';
import { createSeriesDesk } from './series-desk.ts';
import { createConditions } from './start-conditions.ts';
import { startHistory } from './start-history.ts';
import { askForAlerts } from './ask-for-alerts.ts';
import { watchReadiness } from './watch-readiness.ts';

/** The status page at work. */
export interface StatusPage {
  readonly routes: readonly AdminRoutes[];
  readonly access: Access;
  /** Names under which it is served without a token. */
  readonly hosts: () => readonly string[];
  readonly readPage: ReadPage;
  readonly readSeries: ReadSeries;
  /** Takes what the running interval came to and judges by it, now. */
  readonly tick: () => Promise<void>;
  /** Saves what is remembered and ends. */
  readonly stop: () => Promise<void>;
}

/** Data that is younger is not made anew. */
const FRESH_MS = 1000;

/** Starts what the status page is made of: its history, its conditions, its events and the login to it. */
export async function startPage(parts: PageParts): Promise<StatusPage> {
  const { observation, clock, log, config, detectors } = parts;
  const startedAtMs = clock.wallMs();
  const token = (): string | undefined => config().admin.token;
  const sessions = createBrowserSessions(clock, () => config().page.sessionLifetimeMs);
  const access = createAccess(token, sessions);
  const logins = instrument('mcp_vitals_page_logins_total', observation.registry);
  const conditions = createConditions();
  const alerts = askForAlerts({ config, clock });

  const readings = (): ConditionReadings => {
    const read = parts.readings();
    const failing = [...read].flatMap(([name, reading]): [string, string][] =>
      reading?.ok === false ? [[name, reading.reason]] : [],
    );
    return {
      ...history.readings,
      atMs: clock.wallMs(),
      baseline: observation.baseline,
      tier: observation.tier,
      probes: parts.probes(),
      verdicts: config().detectors.enabled ? detectors.snapshot().verdicts : undefined,
      evaluatedAtMs: detectors.lastEvaluationMs(),
      failingSources: read.size === 0 ? undefined : new Map(failing),
      isLastReloadOk: observation.sidecar.lastReload().isOk,
    };
  };
  let health: PageHealth | undefined;
  const history = await startHistory(config(), {
    observation,
    clock,
    log,
    figures: createFigureReader({
      observation,
      inFlight: parts.inFlight,
      backends: parts.backends,
      probes: parts.probes,
    }),
    onStep: () => {
      const now = readings();
      const isChanged = conditions.evaluate(now);
      // Also while nobody looks: the page says since when it has been so.
      const { rows } = conditions.section(now, undefined);
      health = readHealth(parts, { history, before: () => health }, readiness.last(), rows);
      if (isChanged) hurry();
    },
  });
  const readiness = watchReadiness(parts.readiness, clock, () => hurry());

  // What changed is not to be seen only with the next update.
  const hurry = (): void => {
    made = undefined;
    hub.hurry();
  };
  let made: { readonly page: Promise<PageModel>; readonly atMs: number } | undefined;
  const read: ReadPage = () => {
    const nowMs = clock.nowMs();
    if (made === undefined || nowMs - made.atMs >= FRESH_MS) {
      const page = readPage(parts, {
        startedAtMs,
        history,
        conditions,
        readings,
        asked: alerts.read,
        readiness,
        listeners: () => hub.figures(),
        before: () => health,
      });
      // What failed is not kept.
      page.then(
        (model) => void (health = model.health),
        () => (made = undefined),
      );
      made = { page, atMs: nowMs };
    }
    return made.page;
  };

  const told = new Set<string>();
  const hub = createEventHub({
    clock,
    read,
    updateMs: () => config().page.updateIntervalMs,
    mostListeners: () => config().page.maxListeners,
    isAllowed: access.isAllowed,
    onError: (error) => {
      const text = errorDetail(error);
      if (!told.has(text)) log('error', `page: ${text}`);
      told.add(text);
    },
  });
  exportListeners(observation.registry, hub.figures);
  const desk = createSeriesDesk({ history: history.recent, config, clock });

  return {
    routes: [
      loginRoutes({
        clock,
        token,
        sessions,
        lifetimeMs: () => config().page.sessionLifetimeMs,
        onLogin: (result) => logins.inc({ result }),
      }),
      apiRoutes({
        readPage: read,
        series: desk.series,
        listSeries: desk.list,
        listen: hub.listen,
        wallMs: clock.wallMs,
      }),
      pageRoutes({ readPage: read, readSeries: desk.read }),
      runbookRoutes(alertRunbooks),
    ],
    access,
    hosts: () => [config().admin.address.host, ...config().page.hosts],
    readPage: read,
    readSeries: desk.read,
    tick: history.tick,
    stop: async () => {
      await hub.stop();
      await Promise.all([history.stop(), alerts.stop(), desk.stop()]);
    },
  };
}
