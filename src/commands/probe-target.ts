import { Registry } from '@prometheus-io/client';
import type { ProbeModule, ProbesConfig } from '../config/probes-config.ts';
import { createProbeRecorder } from '../metrics/probe-recorder.ts';
import type { ProbeDefinition } from '../model/probe.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import type { TargetAnswer, TargetQuestion } from '../status/probe-routes.ts';
import { resultLines, transcriptLines } from '../page/transcript-text.ts';

/** Most probes that run at the same time for others. */
const MAX_AT_ONCE = 50;
/** Prometheus has to be answered before it stops waiting. */
const SCRAPE_MARGIN_MS = 500;
const LEAST_TIMEOUT_MS = 100;

/** A module with a place to go. */
export const atTarget = (module: ProbeModule, url: string): ProbeDefinition => ({
  ...module,
  target: { ...module.target, url },
});

/** The metrics of one run as a page for Prometheus, with the module as the label `probe`. */
async function metricsOf(
  module: string,
  result: ProbeResult,
): Promise<{ contentType: string; body: string }> {
  const registry = new Registry();
  const recorder = createProbeRecorder(registry);
  const { failure, baselineMs, certificateExpiryMs } = result;
  recorder.terms(module, { intervalMs: undefined, baselineMs });
  recorder.standing(module, { state: failure === undefined ? 'up' : 'down', certificateExpiryMs });
  recorder.result(module, result);
  // What only makes sense of runs that follow each other.
  registry.removeSingleMetric('probe_runs_total');
  registry.removeSingleMetric('mcp_vitals_probe_schedule_lateness_seconds');
  return { contentType: registry.contentType, body: await registry.metrics() };
}

const asComment = (lines: readonly string[]): string => lines.map((line) => `# ${line}\n`).join('');

/** The time for each attempt, so that all of them are over before Prometheus stops waiting. */
function timeoutMs({ timeoutMs: own, retries }: ProbeModule, scrapeTimeoutMs: number | undefined): number {
  if (scrapeTimeoutMs === undefined) return own;
  const each = (scrapeTimeoutMs - SCRAPE_MARGIN_MS) / (retries + 1);
  return Math.max(LEAST_TIMEOUT_MS, Math.min(own, each));
}

/**
 * Answers `/probe`: runs a module against a target that the configuration allows.
 * @param config asked each time, so that a reload takes effect.
 */
export function createTargetProber(
  config: () => ProbesConfig,
  run: (definition: ProbeDefinition) => Promise<ProbeResult>,
): (question: TargetQuestion) => Promise<TargetAnswer> {
  let underWay = 0;
  return async ({ target, module: name, debug, scrapeTimeoutMs }) => {
    const { modules, targets } = config();
    const module = modules.get(name);
    if (module === undefined) {
      return {
        status: 404,
        error: `module: want one of ${[...modules.keys()].join(', ')}, got ${JSON.stringify(name)}`,
      };
    }
    // The URL that is run is the one that was looked at.
    const url = URL.canParse(target) ? new URL(target).href : undefined;
    if (url === undefined)
      return { status: 400, error: 'target: want a URL such as http://host:8000/mcp, got something else' };
    if (!targets.some((pattern) => pattern.allows(url))) {
      return { status: 403, error: 'target: want one that probes.targets allows, got another' };
    }
    if (underWay >= MAX_AT_ONCE) {
      return { status: 503, error: `want at most ${MAX_AT_ONCE} probes at once, got more` };
    }
    underWay += 1;
    try {
      const definition = { ...atTarget(module, url), timeoutMs: timeoutMs(module, scrapeTimeoutMs) };
      const result = await run(definition);
      const { contentType, body } = await metricsOf(name, result);
      if (!debug) return { status: 200, contentType, body };
      const shown = [...resultLines(result), '', ...transcriptLines(result.transcript), ''];
      return { status: 200, contentType: 'text/plain; charset=utf-8', body: `${asComment(shown)}${body}` };
    } finally {
      underWay -= 1;
    }
  };
}
