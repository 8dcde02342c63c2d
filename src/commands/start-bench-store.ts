import type { Registry } from '@prometheus-io/client';
import { benchPushSchema } from '../model/bench-push-schema.ts';
import { readWith } from '../bench/read-bench-report.ts';
import type { State } from '../history/state-file.ts';
import { exportBench } from '../metrics/bench-metrics.ts';
import {
  BENCH_PUSH_VERSION,
  MOST_PROFILES,
  type BenchPush,
  type BenchSummary,
} from '../model/bench-summary.ts';
import type { Log } from '../model/log.ts';
import type { BenchStore } from '../status/bench-routes.ts';

/** Name of the load tests in the state directory. */
const STATE_NAME = 'bench';

/** The last load tests, kept and exported. */
export interface RunningBenchStore extends BenchStore {
  /** Waits until the last ones are on the disk. */
  readonly stop: () => Promise<void>;
}

/** What is kept after a push: of each profile the last, of at most 20; those that were pushed longest ago go first. */
function merged(kept: readonly BenchSummary[], pushed: readonly BenchSummary[]): BenchSummary[] {
  const isPushed = new Set(pushed.map(({ profile }) => profile));
  return [...kept.filter(({ profile }) => !isPushed.has(profile)), ...pushed].slice(-MOST_PROFILES);
}

async function readState(state: State | undefined): Promise<readonly BenchSummary[]> {
  const bytes = await state?.readState(STATE_NAME);
  if (bytes === undefined) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    parsed = undefined;
  }
  const read = readWith(benchPushSchema, STATE_NAME, parsed);
  if (read.ok) return read.value.profiles;
  await state?.setAside(STATE_NAME, read.problems.join('; '));
  return [];
}

/** Keeps the last load test of each profile, across restarts where there is a state directory, and exports it. */
export async function startBenchStore(
  registry: Registry,
  state: State | undefined,
  log: Log,
): Promise<RunningBenchStore> {
  const show = exportBench(registry);
  let kept: readonly BenchSummary[] = await readState(state);
  show(kept);
  let writing: Promise<unknown> = Promise.resolve();

  const inOrder = () => kept.toSorted((a, b) => (a.profile < b.profile ? -1 : 1));
  const packed = (profiles: readonly BenchSummary[]): BenchPush => ({
    schemaVersion: BENCH_PUSH_VERSION,
    profiles,
  });
  return {
    last: () => packed(inOrder()),
    read: (body) => readWith(benchPushSchema, 'body', body),
    take: ({ profiles }) => {
      kept = merged(kept, profiles);
      show(kept);
      log('info', `bench: took ${profiles.map(({ profile }) => profile).join(', ')}`);
      // In the order in which they came: after a restart the same ones have to go first.
      if (state) writing = state.writeState(STATE_NAME, Buffer.from(JSON.stringify(packed(kept))));
    },
    stop: async () => {
      await writing;
    },
  };
}
