import type { BaselineTables } from './baseline-schema.ts';
import { GIB } from './gib.ts';
import { poolConnections } from './pool-plan.ts';
import { shortHeading } from './sourced.ts';

/** What a server may use of its machine. */
export interface MachineSize {
  readonly vcpus: number;
  readonly memoryBytes: number;
  /** Most open files of a process, where it is known. */
  readonly openFiles?: number;
}

/** A set-up to begin with, each value with the reason for it. */
export interface SuggestedSetUp {
  /** The largest tier whose machine this is, or the smallest there is. */
  readonly tier: number;
  readonly vcpus: number;
  readonly workers: number;
  /** Limits for the detectors. */
  readonly limits: {
    readonly memoryBytes: number;
    readonly sessions: number;
    readonly connections: number;
    readonly openFiles?: number;
  };
  /** By the name of the setting. */
  readonly why: Readonly<Record<string, string>>;
}

/** A machine reports a little less memory than it was bought with. */
const NEARLY = 0.9;

/**
 * Suggests the tier and the limits of the detectors for a machine; pure. They are where to begin: a limit that is known
 * better, such as that of a cgroup, goes before.
 */
export function suggestSetUp(tables: BaselineTables, machine: MachineSize): SuggestedSetUp {
  const { tiers, environment } = tables;
  const { memoryBytes, openFiles } = machine;
  const vcpus = Math.max(1, machine.vcpus);
  const single = tiers.rows.filter(({ instances }) => instances.to === 1);
  const candidates = single.length === 0 ? tiers.rows : single;
  const fits = candidates.findLast(
    (row) => row.vcpus <= vcpus && row.memoryGib * GIB * NEARLY <= memoryBytes,
  );
  const row = fits ?? candidates[0];
  if (row === undefined) throw new RangeError('tiers: want at least one row, got none');
  const workers = Math.max(1, Math.round(vcpus));
  const connections = poolConnections(tables, workers);
  const from = `${shortHeading(tiers.source ?? 'tiers')}, tier ${row.tier} (${row.name})`;
  const machineText = `${machine.vcpus} vCPUs and ${Number((memoryBytes / GIB).toPrecision(3))} GiB`;
  return {
    tier: row.tier,
    vcpus: machine.vcpus,
    workers,
    limits: {
      memoryBytes,
      sessions: row.concurrentUsers,
      connections,
      ...(openFiles !== undefined && { openFiles }),
    },
    why: {
      'server.tier':
        fits === undefined
          ? `${machineText}: less than any tier has; the smallest`
          : `${machineText}: the machine of ${from}`,
      'server.workers': `one for each vCPU, as ${shortHeading(environment.source ?? 'environment')} has it`,
      'detectors.limits.memory': 'the memory of the machine; a cgroup or a container may have less',
      'detectors.limits.sessions': `users of ${from}`,
      'detectors.limits.connections': `${workers} workers × (pool + overflow), Connection Pool Tuning`,
    },
  };
}
