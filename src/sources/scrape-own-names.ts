import type { Sample } from '../model/sample.ts';
import type { ExpositionSeries } from './exposition-sample.ts';
import { isOutOfRange, targetText, toSample } from './mapped-sample-checks.ts';
import type { SampleProblem } from './mapped-sample-problems.ts';

/** The metrics of ours that a server may expose itself, with their label. */
const OWN = { cache_hit_rate: 'cache_type', connection_pool_usage: 'pool_type' } as const;

type OwnName = keyof typeof OWN;

/** Series taken over of one metric: labels of ours are bounded. */
const MOST = 100;

/** Whether the name is one that is taken over without a mapping. */
export const isOwnName = (name: string): name is OwnName => Object.hasOwn(OWN, name);

/** What a page holds under our own names. */
export interface OwnSamples {
  readonly samples: readonly Sample[];
  /** By metric; undefined for one without a problem. */
  readonly problems: ReadonlyMap<OwnName, SampleProblem | undefined>;
}

function takeOver(
  name: OwnName,
  page: readonly ExpositionSeries[],
  isTaken: (target: string) => boolean,
): { readonly samples: Sample[]; readonly problem?: SampleProblem } {
  const label = OWN[name];
  const samples: Sample[] = [];
  let problem: SampleProblem | undefined;
  for (const series of page) {
    const type = series.labels.get(label);
    // Other labels make it another program's metric of the same name.
    if (series.name !== name || series.labels.size !== 1 || type === undefined) continue;
    const target = { to: name, labels: { [label]: type } };
    if (!Number.isFinite(series.value) || isTaken(targetText(target))) continue;
    if (isOutOfRange(name, series.value)) {
      const text = `${targetText(target)}: want a ratio from 0 to 1, got ${series.value}`;
      problem ??= { kind: 'out of range', text };
    } else if (samples.length === MOST) {
      problem ??= { kind: 'too many', text: `${name}: want at most ${MOST} series, got more` };
    } else {
      samples.push(toSample(target, series.value));
    }
  }
  return problem === undefined ? { samples } : { samples, problem };
}

/**
 * Takes over the series that bear a name of ours and exactly its label, as mcp-vitals/instrument writes them.
 * @param isTaken whether a mapping makes that series already.
 */
export function takeOwnSamples(
  page: readonly ExpositionSeries[],
  isTaken: (target: string) => boolean,
): OwnSamples {
  const names = Object.keys(OWN).filter(isOwnName);
  const taken = names.map((name) => ({ name, ...takeOver(name, page, isTaken) }));
  return {
    samples: taken.flatMap(({ samples }) => samples),
    problems: new Map(taken.map(({ name, problem }) => [name, problem])),
  };
}
