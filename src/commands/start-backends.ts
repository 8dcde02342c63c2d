import type { Config } from '../config/config.ts';
import type { Sample, SampleName } from '../model/sample.ts';
import type { LiveBackends, LiveProcess, LiveRatio } from '../model/live-snapshot.ts';
import { startDatabaseTap, type DatabaseTap } from './start-database-tap.ts';
import { startSources, type RunningSources, type SourceParts } from './start-sources.ts';
import { errorDetail } from './error-text.ts';

/** The database tap and the sources: what the sidecar sees beside the traffic with clients. */
export interface Backends {
  /** Where connections to the database are taken, if there is a tap. */
  readonly databaseAddress: DatabaseTap['address'] | undefined;
  readonly snapshot: () => LiveBackends;
  /** The last reading of each source. */
  readonly readings: RunningSources['readings'];
  /** Starts and stops sources as the configuration in force now says. */
  readonly reload: () => void;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the database tap and the sources that are configured.
 * @param config asked each time, so that a reload takes effect.
 * @throws Error if the tap's address cannot be listened on.
 */
export async function startBackends(config: () => Config, parts: SourceParts): Promise<Backends> {
  const { observation, log } = parts;
  const { database } = config();
  const tap = database && (await startDatabaseTap(database, config, parts));
  const sources = await startSources(config().sources, parts).catch(async (error: unknown) => {
    await tap?.drain(0);
    throw error;
  });
  // One after the other: a reload must not overtake the one before it.
  let reloads = Promise.resolve();

  const liveDatabase = (): LiveBackends['database'] => {
    if (tap === undefined) return undefined;
    const { connections } = tap.activity();
    const open = Object.values(connections).reduce((sum, count) => sum + count, 0);
    return {
      ...observation.database.snapshot(),
      connections: open,
      opaque: connections.opaque,
      busy: connections.active + connections.idle_in_transaction,
    };
  };

  return {
    databaseAddress: tap?.address,
    snapshot: () => {
      const shown = liveDatabase();
      const process = liveProcess(observation.board.samplesOf);
      return {
        ...(shown && { database: shown }),
        caches: ratios(observation.board.samplesOf('cache_hit_rate'), 'cache_type'),
        pools: ratios(observation.board.samplesOf('connection_pool_usage'), 'pool_type'),
        ...(process && { process }),
        failing: sources.failing(),
      };
    },
    readings: sources.readings,
    reload: () => {
      const applied = reloads.then(() => sources.apply(config().sources));
      reloads = applied.catch((error: unknown) => log('error', `sources: ${errorDetail(error)}`));
    },
    stop: async () => {
      await reloads;
      await Promise.all([sources.stop(), tap?.drain(config().listen.drainTimeoutMs)]);
    },
  };
}

function ratios(samples: readonly Sample[], label: string): readonly LiveRatio[] {
  return samples
    .map(({ labels, value }) => ({
      type: Object.entries(labels).find(([name]) => name === label)?.[1] ?? '',
      ratio: value,
    }))
    .toSorted((a, b) => a.type.localeCompare(b.type));
}

function liveProcess(samplesOf: (name: SampleName) => readonly Sample[]): LiveProcess | undefined {
  if (samplesOf('mcp_processes').length === 0) return undefined;
  const shown = {
    cpuCores: 'mcp_process_cpu_cores',
    memoryBytes: 'mcp_process_memory_bytes',
    memoryLimitBytes: 'mcp_process_memory_limit_bytes',
    threads: 'mcp_process_threads',
    openFiles: 'mcp_process_open_files',
    restarts: 'mcp_process_restarts_total',
  } as const satisfies Record<keyof LiveProcess, SampleName>;
  const entries = Object.entries(shown).flatMap(([field, name]): [string, number][] => {
    const value = samplesOf(name)[0]?.value;
    return value === undefined ? [] : [[field, value]];
  });
  return Object.fromEntries(entries);
}
