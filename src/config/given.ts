/** The object without the properties that are undefined. */
export type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Drops the properties that are undefined, which `exactOptionalPropertyTypes` keeps apart from absent ones. */
export function given<T extends object>(values: T): Given<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  // Only undefined values were taken out.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(entries) as Given<T>;
}
