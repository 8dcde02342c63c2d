import type { PartSource } from './moment.ts';
import type { Parameters } from './parameters.ts';
import { byTraffic, level } from './parts.ts';

/** A level that a server has anyway. */
export function drawBase(parameters: Parameters, low = 0.08, high = 0.5): PartSource {
  return level(parameters.uniform('base', low, high));
}

/** The little that requests under way need of a server whose class is about something else. */
export function drawRequests(parameters: Parameters): PartSource {
  return byTraffic(parameters.uniform('byTraffic', 0, 0.04));
}
