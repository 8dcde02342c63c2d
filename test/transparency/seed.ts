/** Seed of fast-check: that of the environment variable FAST_CHECK_SEED, to repeat a run, or a new one. */
export const seed: number = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31);

/** Says which seed a run uses, on standard error. */
export function announceSeed(property: string): void {
  process.stderr.write(`${property}: FAST_CHECK_SEED=${seed}\n`);
}
