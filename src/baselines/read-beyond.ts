import { interpolate, type Reading } from './interpolate.ts';

/**
 * Reads a value off the points of a table, straight between neighbours; beyond the last point the line of the last two goes on.
 * @param points in ascending order of x, at least one.
 */
export function readBeyond(points: readonly (readonly [x: number, y: number])[], x: number): Reading {
  const [before, last] = points.slice(-2);
  if (before === undefined || last === undefined || x <= last[0]) return interpolate(points, x);
  const slope = (last[1] - before[1]) / (last[0] - before[0]);
  return { value: last[1] + slope * (x - last[0]), beyond: true };
}
