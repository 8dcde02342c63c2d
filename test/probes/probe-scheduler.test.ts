import { describe, expect, it } from '@jest/globals';
import type { ScheduledProbe } from '../../src/model/probe.ts';
import type { ProbeResult } from '../../src/model/probe-result.ts';
import { createProbeScheduler } from '../../src/probes/probe-scheduler.ts';
import { handshake, httpProbeOf } from './probe-definition.ts';

const well: ProbeResult = {
  startedWallMs: 0,
  durationMs: 1,
  attempts: 1,
  phases: {},
  transcript: { entries: [], dropped: 0 },
};

const probeOf = (name: string, changes: Partial<ScheduledProbe['schedule']> = {}): ScheduledProbe => ({
  definition: httpProbeOf('http://127.0.0.1:1/mcp', handshake, { name }),
  schedule: {
    every: { intervalMs: 10_000 },
    jitterMs: 0,
    failureThreshold: 1,
    successThreshold: 1,
    enabled: true,
    ...changes,
  },
});

/** A scheduler over a clock turned by hand, and all that it told. */
function createBench() {
  let nowMs = 0;
  const told: string[] = [];
  const pending: ((result: ProbeResult) => void)[] = [];
  const signals: AbortSignal[] = [];
  const scheduler = createProbeScheduler({
    clock: { nowMs: () => nowMs, wallMs: () => Date.parse('2026-01-05T10:00:00Z') + nowMs },
    run: ({ definition }, signal) => {
      told.push(`run ${definition.name}`);
      signals.push(signal);
      return new Promise((resolve) => pending.push(resolve));
    },
    onResult: ({ definition }) => told.push(`result ${definition.name}`),
    onSkip: ({ definition }, reason) => told.push(`${reason} ${definition.name}`),
    onLateness: () => {},
    onError: (error) => told.push(`error ${String(error)}`),
  });
  return {
    scheduler,
    signals,
    /** Lets time pass and what is due begin. */
    pass: (ms: number) => {
      nowMs += ms;
      scheduler.tick();
      return told.splice(0);
    },
    /** Ends the oldest run under way. */
    finish: async () => {
      pending.shift()?.(well);
      await new Promise((resolve) => setImmediate(resolve));
      return told.splice(0);
    },
  };
}

describe('the scheduler', () => {
  it('never runs a probe twice at once, and says which runs it left out', async () => {
    const { scheduler, pass, finish } = createBench();
    scheduler.apply([probeOf('a'), probeOf('b')], []);
    expect(pass(0)).toEqual(['run a', 'run b']);
    expect(pass(10_000)).toEqual(['overlap a', 'overlap b']);
    expect(await finish()).toEqual(['result a']);
    expect(pass(10_000)).toEqual(['run a', 'overlap b']);
  });

  it('leaves out what is in maintenance', () => {
    const { scheduler, pass } = createBench();
    const window = { fromMs: 0, toMs: Date.parse('2026-01-05T10:00:05Z'), probes: ['a'] };
    scheduler.apply([probeOf('a'), probeOf('b')], [window]);
    expect(pass(0)).toEqual(['maintenance a', 'run b']);
    expect(pass(10_000)).toEqual(['run a', 'overlap b']);
  });

  it('switches a probe off and on', async () => {
    const { scheduler, pass, finish } = createBench();
    scheduler.apply([probeOf('a'), probeOf('off', { enabled: false })], []);
    expect(pass(0)).toEqual(['run a']);
    await finish();
    expect(scheduler.setEnabled('a', false)).toBe(true);
    expect(scheduler.setEnabled('off', true)).toBe(true);
    expect(scheduler.setEnabled('unknown', true)).toBe(false);
    expect(pass(10_000)).toEqual(['run off']);
  });

  it('keeps the beat of what did not change at a reload, and starts what is new', async () => {
    const { scheduler, pass, finish } = createBench();
    scheduler.apply([probeOf('a'), probeOf('gone')], []);
    expect(pass(0)).toEqual(['run a', 'run gone']);
    pass(4000);
    scheduler.apply([probeOf('a', { failureThreshold: 3 }), probeOf('new')], []);
    // The run of a former configuration says nothing of the new one, but is no reason to run twice.
    expect(pass(0)).toEqual(['run new']);
    expect(await finish()).toEqual([]);
    expect(pass(6000)).toEqual(['run a']);
  });

  it('changes nothing where a time zone is none', () => {
    const { scheduler, pass } = createBench();
    scheduler.apply([probeOf('a')], []);
    const broken = probeOf('b', { every: { cron: '* * * * *', timeZone: 'Mars/Olympus' } });
    expect(() => scheduler.apply([broken], [])).toThrow(/Mars/);
    expect(pass(0)).toEqual(['run a']);
  });

  it('aborts and awaits what is under way when it stops, and tells nothing of it', async () => {
    const { scheduler, signals, pass, finish } = createBench();
    scheduler.apply([probeOf('a')], []);
    pass(0);
    let stopped = false;
    const stop = async (): Promise<void> => {
      await scheduler.stop();
      stopped = true;
    };
    const stopping = stop();
    expect(signals[0]?.aborted).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    expect(await finish()).toEqual([]);
    await stopping;
  });
});
