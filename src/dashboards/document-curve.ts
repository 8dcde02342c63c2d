/** A point of a table of the document. */
export type Point = readonly [x: number, y: number];

/** At most six places: enough for a figure of a table, and the same text on every machine. */
const figure = (value: number): string => String(Number(value.toPrecision(6)));

/**
 * A table of the document as an expression: straight between its points and flat beyond them, read at `x`. So a
 * curve of the document can lie under a live one, whose place on it is known by a series.
 * @param points at least one, by ascending x.
 * @param x an expression, of which the curve keeps the labels.
 */
export function documentCurve(points: readonly Point[], x: string): string {
  const [first] = points;
  if (first === undefined) throw new RangeError('points of a curve: want at least one, got none');
  const pieces = points.slice(1).flatMap(([x1, y1], i) => {
    const [x0, y0] = points[i] ?? first;
    if (x1 <= x0) throw new RangeError(`points of a curve: want ascending x, got ${x1} after ${x0}`);
    const slope = (y1 - y0) / (x1 - x0);
    return slope === 0 ? [] : [`${figure(slope)} * clamp(${x} - ${figure(x0)}, 0, ${figure(x1 - x0)})`];
  });
  return pieces.length === 0
    ? `0 * ${x} + ${figure(first[1])}`
    : `${figure(first[1])} + ${pieces.join(' + ')}`;
}

/** Figures of the document as series that differ in one label, in the order that is given. */
export function documentFigures(label: string, figures: readonly (readonly [string, number])[]): string {
  return figures
    .map(([name, value]) => `label_replace(vector(${figure(value)}), "${label}", "${name}", "", "")`)
    .join(' or ');
}
