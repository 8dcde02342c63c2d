import { isDeepStrictEqual } from 'node:util';
import type { PrometheusConfig } from '../config/backends-config.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../model/clock.ts';
import type { ConditionRow } from '../model/page-conditions.ts';
import { parseSelector } from '../model/series-selector.ts';
import { declarationOf, pageSeverity, runbookOf } from '../rules/local-conditions.ts';
import type { PrometheusAlert } from '../sources/prometheus-alerts.ts';
import { createPrometheusApi, type PrometheusApi } from '../sources/prometheus-api.ts';
import { errorMessage } from './error-text.ts';
import { prometheusOptions } from './prometheus-options.ts';
import type { AskedAlerts } from './start-conditions.ts';

/** Asks the configured Prometheus for its alerts, while somebody wants to know them. */
export interface AlertQuestions {
  /** What is known; asks again in the background if that is old. Undefined: no Prometheus is configured. */
  readonly read: () => AskedAlerts | undefined;
  readonly stop: () => Promise<void>;
}

const OLD_MS = 15_000;
const DEADLINE_MS = 10_000;
const MOST_ALERTS = 200;

/** Labels that say where an alert came from, not what it is of. */
const ROUTING: readonly string[] = ['alertname', 'severity'];

function toRow(
  { labels, annotations, state, activeAtMs, value }: PrometheusAlert,
  nowMs: number,
): ConditionRow {
  const name = labels['alertname'] ?? '';
  const words = annotations['summary'] ?? annotations['description'] ?? name;
  return {
    judgedBy: 'prometheus',
    name,
    severity: pageSeverity(labels['severity'] ?? ''),
    state,
    sinceMs: activeAtMs ?? nowMs,
    labels: Object.fromEntries(Object.entries(labels).filter(([label]) => !ROUTING.includes(label))),
    live: value ?? null,
    unit: 'count',
    expected: declarationOf(name)?.when ?? 'what its rule says',
    words,
    runbook: runbookOf(name) ?? null,
    inhibitedBy: null,
  };
}

interface Asked {
  readonly config: PrometheusConfig;
  readonly api: PrometheusApi;
}

/** @param parts the configuration is asked each time, so that a reload takes effect. */
export function askForAlerts(parts: {
  readonly config: () => Config;
  readonly clock: Clock;
}): AlertQuestions {
  const { config, clock } = parts;
  const stopped = new AbortController();
  let asked: Asked | undefined;
  let known: AskedAlerts = { checkedAtMs: undefined, problem: 'not asked yet', rows: [] };
  let askedMs: number | undefined;
  let asking: Promise<void> | undefined;

  const apiOf = (prometheus: PrometheusConfig): PrometheusApi => {
    if (asked !== undefined && isDeepStrictEqual(asked.config, prometheus)) return asked.api;
    const former = asked?.api.close();
    // Its end is not waited for; what is under way fails, and that is said.
    former?.catch(() => undefined);
    asked = { config: prometheus, api: createPrometheusApi(prometheusOptions(prometheus)) };
    return asked.api;
  };

  const ask = async (prometheus: PrometheusConfig): Promise<void> => {
    const { selector } = config().detectors.refill;
    try {
      const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(DEADLINE_MS)]);
      const alerts = await apiOf(prometheus).alerts(signal);
      const isOwn = selector === undefined ? () => true : parseSelector(selector).matches;
      const own = alerts.filter(({ labels }) =>
        isOwn({ name: labels['alertname'] ?? '', labels: new Map(Object.entries(labels)) }),
      );
      const nowMs = clock.wallMs();
      known = {
        checkedAtMs: nowMs,
        problem:
          own.length > MOST_ALERTS ? `only ${MOST_ALERTS} of ${own.length} alerts are shown` : undefined,
        rows: own.slice(0, MOST_ALERTS).map((alert) => toRow(alert, nowMs)),
      };
    } catch (error) {
      known = { checkedAtMs: clock.wallMs(), problem: errorMessage(error), rows: [] };
    } finally {
      asking = undefined;
    }
  };

  return {
    read: () => {
      const { prometheus } = config().sources;
      if (prometheus === undefined) return undefined;
      if (asking === undefined && (askedMs === undefined || clock.nowMs() - askedMs >= OLD_MS)) {
        askedMs = clock.nowMs();
        asking = ask(prometheus);
      }
      return known;
    },
    stop: async () => {
      stopped.abort();
      await asking;
      await asked?.api.close();
    },
  };
}
