import type { SourcesConfig } from '../config/backends-config.ts';
import type { Clock } from '../model/clock.ts';
import { createPace } from '../sources/process-pace.ts';
import { findRoots } from '../sources/process-find.ts';
import { createProcessTable } from '../sources/process-table.ts';
import { processTarget } from './start-sources.ts';

/** How long it is looked for. */
const LIMIT_MS = 5000;

/**
 * The process of the server, of several the oldest, as `sources.process` names it or as the sidecar's child; undefined
 * if there is none, or none that can be seen.
 */
export async function findServerPid(
  config: SourcesConfig['process'],
  child: (() => number | undefined) | undefined,
  clock: Clock,
): Promise<number | undefined> {
  if (process.platform !== 'linux') return child?.();
  const procRoot = '/proc';
  const table = createProcessTable(procRoot);
  const pace = createPace(clock, AbortSignal.timeout(LIMIT_MS));
  await table.refresh(pace);
  const target = processTarget(config, child);
  const found = await findRoots(target, { procRoot, table, ownPid: process.pid, pace });
  return found.ok ? found.roots[0]?.pid : undefined;
}
