import type { BenchRun, BenchVerdict } from '../bench/bench-report.ts';
import type { Pulse } from '../bench/recorder.ts';
import { describeVerdict } from '../detectors/describe-verdict.ts';
import { createDetector } from '../detectors/detector.ts';
import type { DetectorSettings, SeriesSample } from '../detectors/detector-settings.ts';
import { PROFILES } from '../detectors/profiles.ts';
import type { ServerReading } from './watch-server.ts';

/** What the detectors are shown of an endurance run. */
export interface EnduranceEvidence {
  readonly run: BenchRun;
  readonly readings: readonly ServerReading[];
  /** When what was measured began, by the clock of the readings. */
  readonly startMs: number;
  /** Each minute of the document's 24 hours, in the order of time. */
  readonly minutes: readonly Pulse[];
}

const EVALUATE_MS = 900_000;

/** Shows a series to a detector as if the run had not been shortened, and words what it concludes. */
function verdictOf(
  detector: string,
  settings: DetectorSettings,
  samples: readonly SeriesSample[],
): BenchVerdict[] {
  const last = samples.at(-1);
  if (last === undefined) return [];
  const follows = createDetector(settings);
  let dueMs = (samples[0]?.atMs ?? 0) + EVALUATE_MS;
  for (const sample of samples) {
    while (sample.atMs > dueMs) {
      // It concludes again and again: an alarm has to be confirmed.
      follows.evaluate(dueMs);
      dueMs += EVALUATE_MS;
    }
    follows.add(sample);
  }
  const verdict = follows.evaluate(last.atMs);
  return [{ detector, state: verdict.state, text: describeVerdict(verdict, settings) }];
}

/** What the detectors conclude of the server's memory and connections, of its latency and of its throughput. */
export function enduranceVerdicts(evidence: EnduranceEvidence): readonly BenchVerdict[] {
  const { run, readings, startMs, minutes } = evidence;
  const { timeScale } = run.plan;
  const baseMs = Date.parse(run.startedAt);
  const load = run.intendedPerSecond ?? run.throughputPerSecond;
  const at = (sinceMs: number): number => baseMs + sinceMs / timeScale;
  const ofServer = (figure: 'memoryBytes' | 'connections'): readonly SeriesSample[] =>
    readings.flatMap((reading): SeriesSample[] => {
      const value = reading[figure];
      const sinceMs = reading.atMs - startMs;
      if (value === undefined || sinceMs < 0 || sinceMs > run.durationSeconds * 1000) return [];
      const limit = figure === 'memoryBytes' ? reading.memoryLimitBytes : undefined;
      const startedAtMs =
        reading.startTimeSeconds === undefined ? undefined : reading.startTimeSeconds * 1000;
      return [{ atMs: at(sinceMs), value, limit, load, startedAtMs }];
    });
  const latency = minutes.flatMap(({ atMs, p99Ms }): SeriesSample[] =>
    p99Ms === undefined ? [] : [{ atMs: at(atMs), value: p99Ms / 1000, load }],
  );
  const throughput = minutes.map(({ atMs, perSecond }): SeriesSample => ({
    atMs: at(atMs),
    value: perSecond,
    load: run.plan.users,
  }));
  return [
    ...verdictOf('memory', PROFILES.memory, ofServer('memoryBytes')),
    ...verdictOf('connections', PROFILES.connections, ofServer('connections')),
    ...verdictOf('latency', PROFILES.latency, latency),
    ...verdictOf('throughput', PROFILES.throughput, throughput),
  ];
}
