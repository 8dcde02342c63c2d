// `npm run bench:database`: what the database tap costs, beside no proxy and the plainest one, in one interleaved run.
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { startPostgres, type Postgres } from '../test/harness/postgres.ts';
import { databaseBar, databaseFigures, type QueryCount } from './database-figures.ts';
import { measureDatabaseRounds } from './database-measure.ts';
import { measureDatabaseMemory, type DatabaseMemory } from './database-memory.ts';
import { fillDatabase } from './database-pgbench.ts';
import { DATABASE_USAGE, readDatabasePlan, type DatabasePlan } from './database-plan.ts';
import { databaseReport } from './database-report.ts';
import { observedQueries, startDatabaseTarget, type DatabaseTarget } from './database-targets.ts';
import { errorMessage } from './error-text.ts';
import { canPin, killAll } from './pinned-process.ts';
import { allowedCpus } from './process-cost.ts';
import { watchDisturbance } from './undisturbed.ts';

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Keeps this process, and PostgreSQL and pgbench that it starts, off the target's CPU, which is returned. */
function pinLoad(notes: string[]): number | undefined {
  const cpus = allowedCpus();
  if (!canPin || cpus.length < 2) {
    notes.push(
      `Not pinned (${canPin ? 'only one CPU' : 'taskset is not installed'}): the load disturbs the targets.`,
    );
    return undefined;
  }
  const [load] = cpus;
  spawnSync('taskset', ['-p', '-c', String(load), String(process.pid)]);
  return cpus.at(-1);
}

// Beyond the idle connections: pgbench's own, and ours.
function settings({ idleConnections }: DatabasePlan): Record<string, string> {
  return { shared_buffers: '256MB', max_connections: String(idleConnections + 50), autovacuum: 'off' };
}

async function run(plan: DatabasePlan, postgres: Postgres, cpu: number | undefined, notes: string[]) {
  const startedMs = performance.now();
  const around = { postgresPort: postgres.port, cpu, sidecarNodeOptions: plan.sidecarNodeOptions };
  const memory: DatabaseMemory[] = [];
  for (const name of plan.targets) {
    if (name === 'direct' || plan.idleConnections === 0) continue;
    say(`memory of ${name}`);
    memory.push(await measureDatabaseMemory(name, postgres, around, plan));
  }
  await fillDatabase(postgres, plan.scale);

  const targets: DatabaseTarget[] = [];
  for (const name of plan.targets) targets.push(await startDatabaseTarget(name, around));
  const disturbance = watchDisturbance(plan.patienceMs);
  const sent = new Map<DatabaseTarget, number>();
  const runs = await measureDatabaseRounds(
    {
      plan,
      postgres,
      undisturbed: disturbance.undisturbed,
      leftMs: () => plan.limitMs + disturbance.repeatedMs() - (performance.now() - startedMs),
      say,
      sent,
    },
    targets,
  );
  const tap = targets.find(({ name }) => name === 'tap');
  const count: QueryCount | undefined = tap && {
    sent: sent.get(tap) ?? 0,
    observed: await observedQueries(tap),
  };
  await Promise.all(targets.map((target) => target.stop()));

  const figures = databaseFigures(runs);
  const bar = databaseBar(figures, count);
  const rounds = Math.max(
    ...[...runs.values()].flatMap((byTarget) => [...byTarget.values()].map((r) => r.length)),
  );
  notes.push(
    `Other processes used ${disturbance.othersCpus().toFixed(2)} of a CPU meanwhile: with more than 0.1, run again, or with --patience.`,
    `${rounds} of ${plan.rounds} rounds in ${((performance.now() - startedMs) / 1000).toFixed(0)} s, Node ${process.versions.node}; medians, [least–greatest] of the rounds.`,
  );
  process.stdout.write(`${databaseReport(figures, memory, bar, notes)}\n`);
  if (plan.jsonFile !== undefined) {
    const windows = Object.fromEntries(
      [...runs].map(([load, byTarget]) => [load, Object.fromEntries(byTarget)]),
    );
    await writeFile(
      plan.jsonFile,
      `${JSON.stringify({ figures, memory, bar, notes, count, windows }, undefined, 2)}\n`,
    );
  }
  return bar.every(({ outcome }) => outcome === 'pass');
}

let postgres: Postgres | undefined;
let isLeaving = false;

/** Ends before all is measured: no process and no file stays behind. */
async function leave(exitCode: number): Promise<never> {
  isLeaving = true;
  killAll();
  await postgres?.stop();
  process.exit(exitCode);
}

process.on('exit', killAll);
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.once(signal, () => void leave(exitCode));
}

try {
  const plan = readDatabasePlan(process.argv.slice(2));
  if (plan === undefined) process.stdout.write(`${DATABASE_USAGE}\n`);
  else {
    const notes: string[] = [];
    const cpu = pinLoad(notes);
    postgres = await startPostgres({ settings: settings(plan) });
    const isMet = await run(plan, postgres, cpu, notes);
    await postgres.stop();
    if (!isMet && plan.strict) process.exitCode = 1;
  }
} catch (error) {
  // What fails after a signal fails because of it.
  if (!isLeaving) {
    say(`bench: ${errorMessage(error)}`);
    await leave(2);
  }
}
