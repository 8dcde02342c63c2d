/** A combination of settings that cannot be: the settings involved, the one to name first. */
export interface Conflict {
  readonly names: readonly [string, ...string[]];
  readonly problem: string;
}
