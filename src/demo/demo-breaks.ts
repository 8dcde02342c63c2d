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
} as const satisfies Readonly<Record<string, DemoBreak>>;

/** One of {@link DEMO_BREAKS}. */
export type DemoBreakName = keyof typeof DEMO_BREAKS;

/** Whether a word names a way to break the demo. */
export const isDemoBreak = (word: string): word is DemoBreakName => Object.hasOwn(DEMO_BREAKS, word);

/** Variable that tells the demo's processes what is broken. */
export const BREAKS_VARIABLE = 'DEMO_BREAKS';

/** Whether this process of the demo is to be broken in a way. */
export const isBroken = (name: DemoBreakName): boolean =>
  (process.env[BREAKS_VARIABLE] ?? '').split(',').includes(name);
