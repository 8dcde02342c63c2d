import type { MaintenanceWindow, ProbeDefinition, ProbeTarget, ScheduledProbe } from '../model/probe.ts';
import type { TargetPattern } from '../model/target-pattern.ts';

/** A probe without a place. */
export type ProbeModule = Omit<ProbeDefinition, 'target'> & {
  readonly target: Omit<Extract<ProbeTarget, { over: 'http' }>, 'url'>;
};

/** The probes, and what may be probed from outside. */
export interface ProbesConfig {
  readonly list: readonly ScheduledProbe[];
  /** By name; `handshake` is always there. */
  readonly modules: ReadonlyMap<string, ProbeModule>;
  readonly targets: readonly TargetPattern[];
  readonly maintenance: readonly MaintenanceWindow[];
}
