import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../model/clock.ts';
import type { MaintenanceWindow, ScheduledProbe } from '../model/probe.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import { createAgenda, type Moment } from './agenda.ts';
import { readMaintenance } from './maintenance.ts';

/** Why a run was left out. */
export type SkipReason = 'overlap' | 'maintenance';

/** What a scheduler is given. */
export interface ProbeSchedulerOptions {
  readonly clock: Clock;
  /** Runs one probe; never rejects. */
  readonly run: (probe: ScheduledProbe, signal: AbortSignal) => Promise<ProbeResult>;
  readonly onResult: (probe: ScheduledProbe, result: ProbeResult) => void;
  readonly onSkip: (probe: ScheduledProbe, reason: SkipReason) => void;
  readonly onLateness: (latenessMs: number) => void;
  /** Gets what a callback threw; must not throw itself. */
  readonly onError: (error: unknown) => void;
}

/** Probes that run by themselves. */
export interface ProbeScheduler {
  /**
   * Starts what is new, stops what is gone, and starts anew what changed.
   * @throws Error if a cron expression or a time zone is none; nothing has changed then.
   */
  readonly apply: (probes: readonly ScheduledProbe[], maintenance: readonly MaintenanceWindow[]) => void;
  /** Switches a probe on or off until the next change of its configuration; false if there is none of the name. */
  readonly setEnabled: (name: string, enabled: boolean) => boolean;
  readonly isEnabled: (name: string) => boolean;
  /** Looks what is due at this moment; the timer does the same. */
  readonly tick: () => void;
  /** Aborts the runs under way and waits for their clean-up; never rejects. */
  readonly stop: () => Promise<void>;
}

interface Running {
  readonly probe: ScheduledProbe;
  enabled: boolean;
  underWay: Promise<void> | undefined;
}

/** What a run under way is aborted with. */
const STOPPED = new Error('the probe was stopped');

/**
 * Runs probes when they are due. A probe whose last run is still under way is
 * left out, and so is one in maintenance; both are told. The timer keeps no
 * process alive.
 */
export function createProbeScheduler(options: ProbeSchedulerOptions): ProbeScheduler {
  const { clock, onError } = options;
  const agenda = createAgenda();
  const running = new Map<string, Running>();
  /** Every run under way, also of probes that are gone. */
  const runs = new Set<Promise<void>>();
  const stopping = new AbortController();
  let isInMaintenance = readMaintenance([]);
  let timer: NodeJS.Timeout | undefined;

  const moment = (): Moment => ({ nowMs: clock.nowMs(), wallMs: clock.wallMs() });
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      onError(error);
    }
  };

  const runOne = async (each: Running): Promise<void> => {
    try {
      const result = await options.run(each.probe, stopping.signal);
      // One that was stopped says nothing of its target.
      if (stopping.signal.aborted || running.get(each.probe.definition.name) !== each) return;
      options.onResult(each.probe, result);
    } catch (error) {
      onError(error);
    } finally {
      each.underWay = undefined;
    }
  };

  const start = (name: string, wallMs: number): void => {
    const each = running.get(name);
    if (each === undefined || !each.enabled) return;
    if (isInMaintenance(name, wallMs)) guarded(() => options.onSkip(each.probe, 'maintenance'));
    else if (each.underWay !== undefined) guarded(() => options.onSkip(each.probe, 'overlap'));
    else {
      const underWay = runOne(each);
      each.underWay = underWay;
      void track(underWay);
    }
  };

  const track = async (underWay: Promise<void>): Promise<void> => {
    runs.add(underWay);
    await underWay;
    runs.delete(underWay);
  };

  const rest = (): void => {
    clearTimeout(timer);
    if (stopping.signal.aborted || running.size === 0) return;
    timer = setTimeout(tick, Math.ceil(agenda.restMs(moment()))).unref();
  };

  const tick = (): void => {
    const now = moment();
    for (const { name, latenessMs } of agenda.due(now)) {
      if (latenessMs !== undefined) guarded(() => options.onLateness(latenessMs));
      start(name, now.wallMs);
    }
    rest();
  };

  return {
    apply: (probes, maintenance) => {
      // First, for these may throw.
      const windows = readMaintenance(maintenance);
      const now = moment();
      const trial = createAgenda();
      for (const { definition, schedule } of probes) {
        trial.set(definition.name, schedule.every, schedule.jitterMs, now);
      }
      isInMaintenance = windows;
      const names = new Set(probes.map(({ definition }) => definition.name));
      for (const name of running.keys()) {
        if (names.has(name)) continue;
        running.delete(name);
        agenda.remove(name);
      }
      for (const probe of probes) {
        const { definition, schedule } = probe;
        const before = running.get(definition.name);
        if (isDeepStrictEqual(before?.probe, probe)) continue;
        const underWay = before?.underWay;
        running.set(definition.name, { probe, enabled: schedule.enabled, underWay });
        if (underWay !== undefined) void forget(running.get(definition.name), underWay);
        // What runs as often as before keeps its beat.
        const { every, jitterMs } = before?.probe.schedule ?? {};
        if (isDeepStrictEqual([every, jitterMs], [schedule.every, schedule.jitterMs])) continue;
        agenda.set(definition.name, schedule.every, schedule.jitterMs, now);
      }
      rest();
    },
    setEnabled: (name, enabled) => {
      const each = running.get(name);
      if (each === undefined) return false;
      each.enabled = enabled;
      return true;
    },
    isEnabled: (name) => running.get(name)?.enabled ?? false,
    tick,
    stop: async () => {
      clearTimeout(timer);
      stopping.abort(STOPPED);
      for (const underWay of runs) await underWay;
    },
  };
}

/** A run of the configuration before is over: its successor may run. */
async function forget(each: Running | undefined, underWay: Promise<void>): Promise<void> {
  await underWay;
  if (each?.underWay === underWay) each.underWay = undefined;
}
