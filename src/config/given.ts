/** The object without the properties that are undefined. */
export type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Leaves out the properties that are undefined. */
export function given<T extends object>(values: T): Given<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  // Only undefined values were taken out.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(entries) as Given<T>;
}
