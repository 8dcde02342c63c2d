/** A way in which the demo can be broken, for a detector or a probe to find out. */
interface DemoBreak {
  /** For the usage text. */
  readonly about: string;
  /** Whether it is a leak, that takes hours to show at a detector's usual pace. */
  readonly isLeak: boolean;
}

/** Values of `--break`. */
export const DEMO_BREAKS = {
  sessions: { about: 'clients never end their sessions, and the server keeps them', isLeak: true },
  memory: { about: 'the server keeps a piece of memory for each request', isLeak: true },
  tool: { about: 'generate_report answers each call with an error of its own', isLeak: false },
} as const satisfies Readonly<Record<string, DemoBreak>>;

/** One of {@link DEMO_BREAKS}. */
export type DemoBreakName = keyof typeof DEMO_BREAKS;

/** Whether a word names a way to break the demo. */
export const isDemoBreak = (word: string): word is DemoBreakName => Object.hasOwn(DEMO_BREAKS, word);

/** Variable that tells the demo's processes what is broken. */
export const BREAKS_VARIABLE = 'DEMO_BREAKS';

/** The ways in which this process of the demo is to be broken. */
export const brokenNow = (): readonly DemoBreakName[] =>
  (process.env[BREAKS_VARIABLE] ?? '').split(',').filter(isDemoBreak);

/** Whether this process of the demo is to be broken in a way. */
export const isBroken = (name: DemoBreakName): boolean => brokenNow().includes(name);
