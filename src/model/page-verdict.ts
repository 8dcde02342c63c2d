import { z } from 'zod';

/** What a figure comes to: as expected, worth a look, outside what is expected, or not known. */
export const PAGE_VERDICTS = ['ok', 'watch', 'bad', 'unknown'] as const;

/** Schema of {@link PageVerdict}. */
export const pageVerdict = z.enum(PAGE_VERDICTS);

/** One of {@link PAGE_VERDICTS}. */
export type PageVerdict = z.infer<typeof pageVerdict>;

/** What a figure is counted in; `ms` milliseconds, `ratio` 0 to 1, `seconds` seconds. */
export const PAGE_UNITS = [
  'per_second',
  'ms',
  'seconds',
  'ratio',
  'bytes',
  'count',
  'bits_per_second',
  'cores',
] as const;

/** Schema of {@link PageUnit}. */
export const pageUnit = z.enum(PAGE_UNITS);

/** One of {@link PAGE_UNITS}. */
export type PageUnit = z.infer<typeof pageUnit>;

/** A figure that may not be known: null, never 0 in its place. */
export const figure = z.number().nullable();

/** Schema of a Unix time in milliseconds. */
export const unixMs = z.number().describe('Unix time in milliseconds.');
