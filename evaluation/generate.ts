import { classesOf, findClass } from './classes.ts';
import type { LabelledSeries } from './labelled-series.ts';
import { Parameters } from './parameters.ts';
import { Random } from './random.ts';
import { renderSeries } from './render.ts';
import { formatSeriesId, type Family, type Kind, type SeriesId } from './series-id.ts';

/** Makes the series of a name; the same name and step give the same series, and the name alone its parameters. */
export function generateSeries(id: SeriesId, stepMs: number): LabelledSeries {
  const random = new Random(formatSeriesId(id));
  const parameters = new Parameters(random.fork('parameters'));
  const plan = findClass(id.kind, id.className).draw(parameters, id.kind);
  return renderSeries(id, plan, parameters.drawn, random.fork('rendering'), stepMs);
}

/**
 * Names of about `count` series of a kind: half of healthy and half of leaking classes, every class of a half as
 * often as the others.
 */
export function seriesIds(
  family: Family,
  seed: number,
  kind: Kind,
  count: number,
  className?: string,
): readonly SeriesId[] {
  const classes = className === undefined ? classesOf(kind) : [findClass(kind, className)];
  return classes.flatMap((one) => {
    const peers = classes.filter(({ leaks }) => leaks === one.leaks).length;
    const halves = className === undefined ? 2 : 1;
    const each = Math.max(1, Math.ceil(count / halves / peers));
    return Array.from({ length: each }, (_, index) => ({ family, seed, kind, className: one.name, index }));
  });
}
