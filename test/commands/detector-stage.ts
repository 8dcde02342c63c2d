import { createObservation, type Observation } from '../../src/commands/observation.ts';
import { startDetectors, type DetectorParts, type Detectors } from '../../src/commands/start-detectors.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Clock } from '../../src/model/clock.ts';
import { USUAL_PACE } from '../../src/model/detector-pace.ts';
import type { Sample } from '../../src/model/sample.ts';
import { parseExposition, type ScrapedSample } from '../harness/exposition.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

/** A clock that a test turns by hand. */
export interface HandClock extends Clock {
  /** Lets time pass. */
  readonly pass: (ms: number) => void;
  /** Sets the clock on the wall, as an operator or NTP does. */
  readonly jump: (ms: number) => void;
}

/** @param wallMs Unix time at which it starts. */
export function createHandClock(wallMs = Date.UTC(2026, 0, 5)): HandClock {
  let [now, wall] = [0, wallMs];
  return {
    nowMs: () => now,
    wallMs: () => wall,
    pass: (ms) => {
      now += ms;
      wall += ms;
    },
    jump: (ms) => {
      wall += ms;
    },
  };
}

/** Detectors on a stage: their clock is turned by hand, and what they measure is put before them. */
export interface DetectorStage extends Detectors {
  readonly observation: Observation;
  readonly clock: HandClock;
  /** Lines of the log: `warn detector memory: …`. */
  readonly lines: string[];
  /** Puts samples before them and lets them look, every `stepMs` for a while. */
  readonly play: (
    forMs: number,
    samplesAt: (elapsedMs: number) => readonly Sample[],
    stepMs?: number,
  ) => Promise<void>;
  readonly page: () => Promise<ScrapedSample[]>;
  readonly config: (changed: Config) => void;
}

/** @param flags settings as flags. */
export function configOf(...flags: string[]): Config {
  const loaded = loadConfig({ env: {}, flags });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

/** Starts detectors without a sidecar around them. */
export async function startStage(
  initial: Config,
  clock: HandClock = createHandClock(),
  { saveMs } = USUAL_PACE,
  more: Pick<DetectorParts, 'remark' | 'onUrgent'> = {},
): Promise<DetectorStage> {
  let config = initial;
  const lines: string[] = [];
  const log = (level: string, message: string): void => void lines.push(`${level} ${message}`);
  const observation = createObservation(() => config, clock, log);
  // Never by itself: the timer of a test would be another clock.
  const pace = { sampleMs: 2 ** 31 - 1, saveMs, rate: 1 };
  const detectors = await startDetectors(() => config, { observation, clock, log, pace, ...more });
  return {
    ...detectors,
    observation,
    clock,
    lines,
    config: (changed) => {
      config = changed;
    },
    play: async (forMs, samplesAt, stepMs = MINUTE_MS) => {
      for (let elapsedMs = 0; elapsedMs < forMs; elapsedMs += stepMs) {
        observation.board.put('process', samplesAt(elapsedMs));
        await detectors.tick();
        clock.pass(stepMs);
      }
    },
    page: async () => parseExposition((await observation.metrics()).body),
    stop: async () => {
      await detectors.stop();
      await observation.stop();
    },
  };
}

/** Samples of a process of the machine. */
export function processSamples(bytes: number, startSeconds: number, limitBytes = 4 * GIB): readonly Sample[] {
  const labels = {};
  return [
    { name: 'mcp_processes', labels, value: 1 },
    { name: 'mcp_process_memory_bytes', labels: { kind: 'pss' }, value: bytes },
    { name: 'mcp_process_memory_limit_bytes', labels, value: limitBytes },
    { name: 'mcp_process_start_time_seconds', labels, value: startSeconds },
  ];
}
