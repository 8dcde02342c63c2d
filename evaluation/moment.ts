import type { Random } from './random.ts';

/** What the parts of a series know of the moment they are asked for. Hours unless they say otherwise. */
export interface Moment {
  /** Since the series began. */
  readonly hour: number;
  /** Length of a sampling step. */
  readonly stepHours: number;
  /** Since the process started. */
  readonly age: number;
  /** Which process it is, from 0. */
  readonly life: number;
  /** Hour of the day, 0 to 24. */
  readonly dayHour: number;
  /** Day of the week, Monday is 0. */
  readonly weekday: number;
  /** Requests of the last minutes relative to the usual; about 1 on average where nothing grows. */
  readonly traffic: number;
  /** Since the leak began in this process; negative before. */
  readonly leaking: number;
}

/** A part of a series, in shares of the limit; asked once for every step, in order. */
export type Part = (at: Moment) => number;

/** Makes a part for one rendering, with randomness of its own. */
export type PartSource = (random: Random) => Part;

/** Whether the people work who use the server. */
export function isBusinessTime({ dayHour, weekday }: Moment): boolean {
  return weekday < 5 && dayHour >= 8 && dayHour < 18;
}
