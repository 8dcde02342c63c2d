import { drawLoad, type LoadPlan } from './load.ts';
import type { PartSource } from './moment.ts';
import type { Parameters } from './parameters.ts';
import type { Kind } from './series-id.ts';

/** What leaks. */
export interface LeakPlan {
  readonly startHour: number;
  /** What is lost in a step, in shares of the limit. */
  readonly source: PartSource;
  /** At the limit the process is killed: `end` ends the series there, `restart` starts another that leaks again. */
  readonly atLimit: 'end' | 'restart';
}

/** Starts of new processes. */
export interface RestartPlan {
  readonly hours: readonly number[];
  readonly downMinutes: number;
  /** Whether the detector is told when the process started. */
  readonly isTold: boolean;
}

/** What goes wrong with the measuring. */
export interface FaultPlan {
  /** Times without any sample. */
  readonly gaps: readonly { readonly fromHour: number; readonly hours: number }[];
  /** Times in which every sample is NaN. */
  readonly unreadable: readonly { readonly fromHour: number; readonly hours: number }[];
  /** Share of samples that are lost one by one. */
  readonly lost: number;
  /** Share of samples that read zero. */
  readonly zeros: number;
}

/** How a count of connections scatters. */
export interface CountPlan {
  /** `calls` come and go by chance; a `pool` holds what it needs. */
  readonly scatter: 'calls' | 'pool';
  /** Mean time that one stays open. */
  readonly holdHours: number;
}

/** All that is drawn of a series before it is rendered. Amounts are shares of the limit. */
export interface SeriesPlan {
  readonly hours: number;
  readonly limit: number;
  readonly limitChanges: readonly { readonly hour: number; readonly factor: number }[];
  readonly load: LoadPlan;
  /** Summed up. */
  readonly parts: readonly PartSource[];
  /** Standard deviation of the noise of memory. */
  readonly noise: number;
  /** How long noise lasts; half of it is always white. */
  readonly noiseHours: number;
  readonly count: CountPlan;
  /** How old the process is when watching begins. */
  readonly ageHours: number;
  readonly restarts: RestartPlan;
  readonly faults: FaultPlan;
  readonly leak: LeakPlan | undefined;
  /** Healthy parts stay under it, whatever chance does. */
  readonly ceiling: number;
  /** Why nobody could say whether an alarm is owed. */
  readonly ambiguity: string | undefined;
}

/** What classes change of the usual plan. */
export type PlanChanges = Partial<SeriesPlan>;

/** Limits from here on may belong to connections that come and go by chance. */
const LEAST_FOR_CALLS = 60;

const NO_FAULTS: FaultPlan = { gaps: [], unreadable: [], lost: 0, zeros: 0 };

/** A server as any other, to which the class adds what it is about. */
export function drawPlan(parameters: Parameters, kind: Kind, changes: PlanChanges): SeriesPlan {
  const isMemory = kind === 'memory';
  const limit = Math.round(
    isMemory ? parameters.logUniform('limit', 4e6, 64e9) : parameters.logUniform('limit', 12, 5000),
  );
  parameters.note('limit', limit);
  // A handful of connections is always a pool: calls at random would fill it by chance alone.
  const scatter = parameters.note(
    'scatter',
    !isMemory && limit >= LEAST_FOR_CALLS && parameters.chance('isCalls', 0.5) ? 'calls' : 'pool',
  );
  const plan: SeriesPlan = {
    hours: changes.hours ?? parameters.uniform('hours', 24, 168),
    limit,
    limitChanges: [],
    load: changes.load ?? drawLoad(parameters),
    parts: [],
    noise: changes.noise ?? parameters.logUniform('noise', 0.0005, 0.02),
    noiseHours: parameters.logUniform('noiseHours', 0.02, 1),
    count: { scatter, holdHours: parameters.logUniform('holdHours', 0.01, 1) },
    ageHours:
      changes.ageHours ?? (parameters.chance('isOld', 0.6) ? parameters.logUniform('ageHours', 1, 500) : 0),
    restarts: { hours: [], downMinutes: 0.5, isTold: parameters.chance('startTold', 0.9) },
    faults: NO_FAULTS,
    leak: undefined,
    ceiling: 0.95,
    ambiguity: undefined,
    ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
  };
  parameters.note('startTold', plan.restarts.isTold);
  return plan;
}

/** One class of series: what it is, and how one of it is drawn. */
export interface SeriesClass {
  readonly name: string;
  readonly kinds: readonly Kind[];
  /** In one line, for the documentation. */
  readonly about: string;
  readonly draw: (parameters: Parameters, kind: Kind) => SeriesPlan;
}
