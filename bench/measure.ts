import { setTimeout as sleep } from 'node:timers/promises';
import type { Generator } from './generator-process.ts';
import type { ClosedLoopReport, OpenLoopReport, StreamEventsReport } from './orders.ts';
import type { Plan } from './plan.ts';
import { rssBytesOf } from './process-cost.ts';
import { GATEWAYS, startTarget, type Surroundings, type Target, type TargetName } from './targets.ts';
import type { Disturbance } from './undisturbed.ts';

/** Memory of a target that holds so many idle streams. */
export interface MemoryPoint {
  readonly streams: number;
  readonly rssBytes: number;
}

/** Everything that was seen of one target; arrays have one entry per round. */
export interface Observations {
  readonly fullLoad: ClosedLoopReport[];
  /** By requests per second. */
  readonly openLoop: Map<number, OpenLoopReport[]>;
  readonly events: StreamEventsReport[];
  readonly memory: MemoryPoint[];
  /** Time to the head of a quiet stream; null if it never came, undefined if not measured. */
  quietHeadMs?: number | null;
}

/** What a phase works with. */
export interface Measuring {
  readonly plan: Plan;
  readonly generator: Generator;
  readonly around: Surroundings;
  readonly observed: ReadonlyMap<TargetName, Observations>;
  readonly undisturbed: Disturbance['undisturbed'];
  readonly say: (line: string) => void;
}

/** Observations to be filled. */
export function noObservations(): Observations {
  return { fullLoad: [], openLoop: new Map(), events: [], memory: [] };
}

/** The list from another start each round, so that no target always follows the same one. */
export function rotated<T>(list: readonly T[], round: number): T[] {
  const start = list.length === 0 ? 0 : round % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

function of(measuring: Measuring, target: Target): Observations {
  const observations = measuring.observed.get(target.name);
  if (observations === undefined) throw new Error(`${target.name}: want a place for its figures, got none`);
  return observations;
}

// Failed requests make every figure beside them meaningless, so the run ends.
function wantNoFailures(target: Target, what: string, report: ClosedLoopReport | OpenLoopReport): void {
  const { failures, requests } = report;
  if (failures.length === 0 && requests > 0) return;
  throw new Error(
    `${target.name}, ${what}: want every request answered, got ${requests} answers and ${failures.length} failures (${failures[0]}, last ${failures.at(-1)}). It wrote: ${target.output()}`,
  );
}

/** CPU at full load: a fixed number of connections that never pause. */
export async function measureFullLoad(
  measuring: Measuring,
  target: Target,
  measureMs: number,
): Promise<ClosedLoopReport> {
  const { connections, warmupMs } = measuring.plan;
  const report = await measuring.generator.run<'closed-loop'>({
    kind: 'closed-loop',
    route: target.calls,
    pids: target.pids,
    connections,
    warmupMs,
    measureMs,
  });
  wantNoFailures(target, 'full load', report);
  return report;
}

async function measureAtRate(
  measuring: Measuring,
  target: Target,
  ratePerSecond: number,
  measureMs: number,
): Promise<OpenLoopReport> {
  const report = await measuring.generator.run<'open-loop'>({
    kind: 'open-loop',
    route: target.calls,
    connections: measuring.plan.connections,
    ratePerSecond,
    warmupMs: measuring.plan.warmupMs,
    measureMs,
  });
  wantNoFailures(target, `${ratePerSecond} requests/s`, report);
  return report;
}

async function warmUp(measuring: Measuring, target: Target): Promise<void> {
  const { firstWarmupMs, ratesPerSecond } = measuring.plan;
  await measureFullLoad(measuring, target, firstWarmupMs);
  if (!GATEWAYS.includes(target.name)) {
    await measureAtRate(measuring, target, Math.max(...ratesPerSecond), firstWarmupMs / 2);
  }
}

async function latencyRound(measuring: Measuring, targets: readonly Target[], round: number): Promise<void> {
  const { plan, undisturbed } = measuring;
  for (const rate of plan.ratesPerSecond) {
    for (const target of rotated(targets, round)) {
      const report = await undisturbed(() => measureAtRate(measuring, target, rate, plan.openLoopMs));
      const { openLoop } = of(measuring, target);
      openLoop.set(rate, [...(openLoop.get(rate) ?? []), report]);
    }
  }
}

async function eventsRound(measuring: Measuring, targets: readonly Target[], round: number): Promise<void> {
  const { plan, generator, undisturbed } = measuring;
  for (const target of rotated(targets, round)) {
    const report = await undisturbed(() =>
      generator.run<'stream-events'>({
        kind: 'stream-events',
        route: target.streams,
        streams: plan.eventStreams,
        warmupMs: plan.warmupMs,
        measureMs: plan.eventsMs,
      }),
    );
    if (report.events === 0) throw new Error(`${target.name}: want events on its streams, got none`);
    of(measuring, target).events.push(report);
    if (round > 0) continue;
    const { headMs } = await generator.run<'quiet-stream'>({
      kind: 'quiet-stream',
      route: target.streams,
      waitMs: 1000,
    });
    of(measuring, target).quietHeadMs = headMs ?? null;
  }
}

/** All rounds of the phases that need the targets side by side. */
export async function measureRounds(measuring: Measuring, targets: readonly Target[]): Promise<void> {
  const { plan, say } = measuring;
  const plain = targets.filter(({ name }) => !GATEWAYS.includes(name));
  const loaded = targets.filter(({ name }) => name !== 'direct');
  for (const target of loaded) await warmUp(measuring, target);
  for (let round = 0; round < plan.rounds; round += 1) {
    say(`round ${round + 1} of ${plan.rounds}`);
    if (plan.phases.includes('cpu')) {
      for (const target of rotated(loaded, round)) {
        const report = await measuring.undisturbed(() => measureFullLoad(measuring, target, plan.fullLoadMs));
        of(measuring, target).fullLoad.push(report);
      }
    }
    if (plan.phases.includes('latency')) await latencyRound(measuring, plain, round);
    if (plan.phases.includes('events')) await eventsRound(measuring, plain, round);
  }
}

/** Memory of a fresh target, first with no stream, then with more and more idle ones. */
export async function measureMemory(measuring: Measuring, name: TargetName): Promise<void> {
  const { plan, generator, around, say } = measuring;
  say(`memory of ${name}`);
  const target = await startTarget(name, around);
  const { memory } = of(measuring, target);
  const read = async (streams: number): Promise<void> => {
    await sleep(plan.settleMs);
    memory.push({ streams, rssBytes: rssBytesOf(target.pids) });
  };
  try {
    // Code that is loaded and compiled with the first exchanges is not the streams' memory.
    await generator.run<'hold-streams'>({ kind: 'hold-streams', route: target.streams, count: 20 });
    await generator.run<'release-streams'>({ kind: 'release-streams' });
    await measureFullLoad(measuring, target, 200);
    await read(0);
    for (const count of plan.streamCounts) {
      const { held } = await generator.run<'hold-streams'>({
        kind: 'hold-streams',
        route: target.streams,
        count,
      });
      if (held !== count) throw new Error(`${name}: want ${count} streams held, got ${held}`);
      await read(count);
    }
  } finally {
    await generator.run<'release-streams'>({ kind: 'release-streams' });
    await target.stop();
  }
}
