/** A figure with the tables that it is from. */
export interface Sourced {
  readonly value: number;
  /** Headings of the tables, and what was looked up in them; ends with the calculation where there is one. */
  readonly from: readonly string[];
  /** Where a table ends before what was looked up, or was measured with something else; absent where none does. */
  readonly extrapolated?: readonly string[];
}

/** A figure of sources; `extrapolated` may be empty. */
export function sourced(
  value: number,
  from: readonly string[],
  extrapolated: readonly string[] = [],
): Sourced {
  return {
    value,
    from: [...new Set(from)],
    ...(extrapolated.length > 0 && { extrapolated: [...new Set(extrapolated)] }),
  };
}

/** A figure made of another one; what holds for that holds for it. */
export function derived(figure: Sourced, value: number, ...from: readonly string[]): Sourced {
  return sourced(value, [...figure.from, ...from], figure.extrapolated);
}

/** The last part of a heading: `Scaling Characteristics, Horizontal Scaling` is `Horizontal Scaling`. */
export function shortHeading(heading: string): string {
  return heading.split(', ').at(-1) ?? heading;
}
