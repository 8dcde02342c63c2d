import type { Postgres } from '../test/harness/postgres.ts';
import { loadOf, type DatabaseLoad } from './database-loads.ts';
import { runPgbench } from './database-pgbench.ts';
import type { DatabasePlan } from './database-plan.ts';
import type { DatabaseTarget, DatabaseTargetName } from './database-targets.ts';
import { errorMessage } from './error-text.ts';
import { rotated } from './measure.ts';
import { cpuSecondsOf } from './process-cost.ts';
import type { Disturbance } from './undisturbed.ts';

/** One window: a load on a target. */
export interface DatabaseRun {
  /** In the load's unit. */
  readonly rate: number;
  readonly latencyMs: number;
  /** CPU seconds of the target per unit of the load's work; undefined of the direct way. */
  readonly cpuSeconds: number | undefined;
  /** Share of a core that the target used. */
  readonly busyRatio: number;
}

/** Windows by load, then by target; a target has one of each round, in order. */
export type DatabaseRuns = Map<string, Map<DatabaseTargetName, DatabaseRun[]>>;

/** What the rounds work with. */
export interface DatabaseMeasuring {
  readonly plan: DatabasePlan;
  readonly postgres: Postgres;
  readonly undisturbed: Disturbance['undisturbed'];
  /** Milliseconds that may still be used; repeats of disturbed windows do not use them up. */
  readonly leftMs: () => number;
  readonly say: (line: string) => void;
  /** Queries sent through a target so far, repeats and warm-up included. */
  readonly sent: Map<DatabaseTarget, number>;
}

/** Just-in-time compilers take their time: simple queries, the extended protocol, many messages. */
const WARM_UP = ['tpcb simple', 'tpcb extended', 'narrow rows'];

async function measureWindow(
  { postgres, sent }: DatabaseMeasuring,
  target: DatabaseTarget,
  load: DatabaseLoad,
  seconds: number,
): Promise<DatabaseRun> {
  const startMs = performance.now();
  const before = cpuSecondsOf(target.pids);
  const report = await runPgbench(postgres, target.port, load, seconds).catch((error: unknown) => {
    throw new Error(`${target.name}, ${load.name}: ${errorMessage(error)}. It wrote: ${target.output()}`, {
      cause: error,
    });
  });
  const cpuSeconds = cpuSecondsOf(target.pids) - before;
  sent.set(target, (sent.get(target) ?? 0) + report.transactions * load.queries);
  return {
    rate: report.tps * load.rate.perTransaction,
    latencyMs: report.latencyMs,
    cpuSeconds:
      target.pids.length === 0 ? undefined : cpuSeconds / (report.transactions * load.work.perTransaction),
    busyRatio: (cpuSeconds * 1000) / (performance.now() - startMs),
  };
}

/** Measures the loads in rounds that start with another target each time; ends early rather than too late. */
export async function measureDatabaseRounds(
  measuring: DatabaseMeasuring,
  targets: readonly DatabaseTarget[],
): Promise<DatabaseRuns> {
  const { plan, undisturbed, leftMs, say } = measuring;
  const runs: DatabaseRuns = new Map(
    plan.loads.map(({ name }) => [name, new Map(targets.map((target) => [target.name, []]))]),
  );
  say('warm-up');
  for (const target of targets) {
    for (const name of WARM_UP) await measureWindow(measuring, target, loadOf(name), 1);
  }
  let roundMs = 0;
  for (let round = 0; round < plan.rounds && (round === 0 || roundMs <= leftMs()); round += 1) {
    say(`round ${round + 1} of ${plan.rounds}`);
    const beforeMs = leftMs();
    for (const load of plan.loads) {
      for (const target of rotated(targets, round)) {
        const run = await undisturbed(() => measureWindow(measuring, target, load, plan.windowSeconds));
        runs.get(load.name)?.get(target.name)?.push(run);
      }
    }
    roundMs = beforeMs - leftMs();
  }
  return runs;
}
