import type { BaselineTables } from './baseline-schema.ts';

/** A load that rises in a straight line and then stays. */
export interface LoadRamp {
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  readonly rampSeconds: number;
}

/** Requests per second at a second of a ramp. */
export function loadAtOf({ fromPerSecond, toPerSecond, rampSeconds }: LoadRamp): (second: number) => number {
  return (second) => fromPerSecond + (toPerSecond - fromPerSecond) * Math.min(1, second / rampSeconds);
}

/** The ramp of the document's auto-scaling test: straight from its first row to its last, as its description has it. */
export function documentRamp({ autoscaling }: BaselineTables): LoadRamp {
  const [first, last] = [autoscaling.rows[0], autoscaling.rows.at(-1)];
  if (first === undefined || last === undefined)
    throw new RangeError('autoscaling: want at least one row, got none');
  return {
    fromPerSecond: first.requestsPerSecond,
    toPerSecond: last.requestsPerSecond,
    rampSeconds: Math.max(1, (last.minute - first.minute) * 60),
  };
}
