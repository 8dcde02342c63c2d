import type { Random } from './random.ts';
import type { Kind } from './series-id.ts';
import type { SeriesPlan } from './series-plan.ts';

/** Turns smooth shares of the limit into what is measured. */
export interface Scatter {
  /** The healthy share as it is measured now, never over the ceiling of the plan; called once a step. */
  readonly measure: (share: number) => number;
  /** What of a loss shows up now: connections are lost whole. */
  readonly lose: (share: number) => number;
  /** The unit of the series: bytes in whole pages, or whole connections. */
  readonly inUnits: (share: number) => number;
}

const PAGE_BYTES = 4096;

function memoryScatter(plan: SeriesPlan, stepHours: number, random: Random): Scatter {
  const kept = Math.exp(-stepHours / plan.noiseHours);
  const half = plan.noise * Math.SQRT1_2;
  let lasting = random.normal();
  return {
    measure: (share) => {
      lasting = kept * lasting + Math.sqrt(1 - kept * kept) * random.normal();
      return Math.min(plan.ceiling, Math.max(0, share + half * (lasting + random.normal())));
    },
    lose: (share) => share,
    inUnits: (share) => Math.round((share * plan.limit) / PAGE_BYTES) * PAGE_BYTES,
  };
}

/** Connections that come and go by chance about a mean: arrivals are Poisson, each stays for a time (M/M/∞). */
function callScatter(plan: SeriesPlan, stepHours: number, random: Random): (share: number) => number {
  const leaves = 1 - Math.exp(-stepHours / plan.count.holdHours);
  let open = -1;
  return (share) => {
    const mean = share * plan.limit;
    if (open < 0) open = random.poisson(mean);
    open += random.poisson(mean * leaves) - random.binomial(open, leaves);
    return open;
  };
}

function connectionScatter(plan: SeriesPlan, stepHours: number, random: Random): Scatter {
  const calls = callScatter(plan, stepHours, random);
  const count =
    plan.count.scatter === 'calls' ? calls : (share: number): number => Math.round(share * plan.limit);
  const most = Math.floor(plan.ceiling * plan.limit);
  return {
    measure: (share) => Math.min(most, count(share)) / plan.limit,
    lose: (share) => random.poisson(share * plan.limit) / plan.limit,
    inUnits: (share) => Math.round(share * plan.limit),
  };
}

/** The scatter of a series of this kind. */
export function scatterOf(kind: Kind, plan: SeriesPlan, stepHours: number, random: Random): Scatter {
  const source = random.fork('scatter');
  return kind === 'memory'
    ? memoryScatter(plan, stepHours, source)
    : connectionScatter(plan, stepHours, source);
}
