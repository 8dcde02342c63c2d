/** Series by name and labels, e.g. `mcp_sessions_active{}`; `job` and `instance` are added where they are not said. */
export type Series = Readonly<Record<string, string>>;

/**
 * An alert that should fire, and a nearby healthy server for which it should not. Recorded series that a case gives
 * are not recorded from raw ones, so that a case over days can take long steps.
 */
export interface AlertCase {
  readonly alert: string;
  /** Minutes of a step of the series and of the evaluation; 1 by default. */
  readonly step?: number;
  /** Minutes after the start at which it is looked at. */
  readonly at: number;
  readonly series: Series;
  /** Labels beside `severity`, `area`, `job` and `instance`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** False where the alert is of no single server. */
  readonly ofServer?: false;
  readonly summary: string;
  readonly description: string;
  /** What is different in the healthy twin; everything else is the same. */
  readonly healthy: Series;
}

/** A counter that grows by so much a step, for so many steps, one stretch after the other. */
export function counter(...stretches: readonly (readonly [perStep: number, steps: number])[]): string {
  let total = 0;
  let first = true;
  return stretches
    .map(([perStep, steps]) => {
      const from = first ? 0 : total + perStep;
      const count = first ? steps : steps - 1;
      first = false;
      total = from + perStep * count;
      return `${from}+${perStep}x${count}`;
    })
    .join(' ');
}

/** A gauge that holds a value for so many steps, one stretch after the other. */
export function gauge(...stretches: readonly (readonly [value: number, steps: number])[]): string {
  return stretches.map(([value, steps]) => `${value}x${steps - 1}`).join(' ');
}

/** A gauge that goes straight from one value to another. */
export function ramp(from: number, to: number, steps: number): string {
  const slope = (to - from) / steps;
  return `${from}${slope < 0 ? '' : '+'}${slope}x${steps}`;
}

/** A counter whose pace goes straight from one to another, in stretches of `each` steps. */
export function pace(from: number, to: number, steps: number, each: number): string {
  const count = Math.ceil(steps / each);
  return counter(
    ...Array.from(
      { length: count },
      (_, i) => [from + ((to - from) * i) / Math.max(1, count - 1), each] as const,
    ),
  );
}
