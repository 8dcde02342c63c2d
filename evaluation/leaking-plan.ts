import { drawLoad, type LoadPlan } from './load.ts';
import type { PartSource } from './moment.ts';
import type { Parameters } from './parameters.ts';
import { byTraffic, level } from './parts.ts';
import type { Kind } from './series-id.ts';
import { drawPlan, type LeakPlan, type PlanChanges, type SeriesPlan } from './series-plan.ts';

/** What a leak is measured out for. */
export interface Room {
  /** From the first loss to the limit. */
  readonly exhaustionHours: number;
  /** What is left for the leak: the limit less all that is healthy. */
  readonly share: number;
  readonly perHour: number;
  readonly startHour: number;
  readonly hours: number;
}

/** What a class asks for. */
export interface Scene {
  readonly fastest?: number;
  readonly slowest?: number;
  /** When the leak begins: with watching, or only after up to three days. */
  readonly starts?: 'at once' | 'late';
  readonly base?: readonly [number, number];
  readonly traffic?: readonly [number, number];
  /** What other healthy parts need at most. */
  readonly others?: number;
  /** How far it is watched, relative to the time to exhaustion. */
  readonly watched?: readonly [number, number];
  readonly leastHours?: number;
}

/** Makes the leak for its room. */
export type Leak = (room: Room) => PartSource;
/** What else a class changes. */
export type Changes = (room: Room) => PlanChanges;

/**
 * A server that leaks: level and traffic as usual, watched for a part of the time that the leak needs to exhaust it,
 * or beyond, in which case the series ends there.
 */
export function drawLeaking(
  parameters: Parameters,
  kind: Kind,
  scene: Scene,
  leak: Leak,
  changes: Changes = () => ({}),
): SeriesPlan {
  const exhaustionHours = parameters.logUniform('exhaustionHours', scene.fastest ?? 6, scene.slowest ?? 240);
  const startHour = scene.starts === 'late' ? parameters.uniform('leakStart', 12, 72) : 0;
  const watched = exhaustionHours * parameters.uniform('watched', ...(scene.watched ?? [0.25, 1.3]));
  const hours = Math.min(168, Math.max(scene.leastHours ?? 24, startHour + watched));
  const floor = parameters.uniform('base', ...(scene.base ?? [0.08, 0.5]));
  const traffic = parameters.uniform('byTraffic', ...(scene.traffic ?? [0, 0.05]));
  const share = Math.max(0.15, 1 - floor - 1.3 * traffic - (scene.others ?? 0));
  const room = { exhaustionHours, share, perHour: share / exhaustionHours, startHour, hours };
  const { parts = [], ...others } = changes(room);
  const plan: LeakPlan = { startHour, source: leak(room), atLimit: 'end' };
  return drawPlan(parameters, kind, {
    hours,
    leak: plan,
    ...others,
    parts: [level(floor), byTraffic(traffic), ...parts],
  });
}

/** Load that swings over the day. */
export const swinging = (parameters: Parameters, over: Partial<LoadPlan> = {}): LoadPlan =>
  drawLoad(parameters, { dailySwing: parameters.uniform('dailySwing', 0.3, 0.9), ...over });
