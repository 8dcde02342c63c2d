/** A value read off a table, between its rows or at its ends. */
export interface Reading {
  readonly value: number;
  /** True where the table ends before: the value is that of its last row on this side. */
  readonly beyond: boolean;
}

/**
 * Reads a value off the points of a table, straight between neighbours and flat beyond the ends.
 * @param points in ascending order of x, at least one.
 */
export function interpolate(points: readonly (readonly [x: number, y: number])[], x: number): Reading {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('points: want at least one, got none');
  if (x <= first[0]) return { value: first[1], beyond: x < first[0] };
  if (x >= last[0]) return { value: last[1], beyond: x > last[0] };
  const exact = points.find(([at]) => at === x);
  if (exact) return { value: exact[1], beyond: false };
  const above = points.findIndex(([at]) => at >= x);
  const [[x0, y0], [x1, y1]] = [points[above - 1] ?? first, points[above] ?? last];
  return { value: y0 + ((y1 - y0) * (x - x0)) / (x1 - x0), beyond: false };
}
