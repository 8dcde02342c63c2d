/** Milliseconds to the microsecond: more digits of a clock say nothing, and fill every file and page. */
export const toMicroseconds = (ms: number): number => Math.round(ms * 1000) / 1000;
