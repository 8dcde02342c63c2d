import type { Parameters } from './parameters.ts';

/** Factor by which traffic grows over a ramp, as most launches go: straight, ever faster, or in an S. */
export function drawRamp(parameters: Parameters, hours: number, most = 4): (hour: number) => number {
  const factor = parameters.logUniform('loadFactor', 1.3, most);
  const from = parameters.uniform('rampFrom', 0, 0.3 * hours);
  const span = parameters.uniform('rampHours', Math.min(18, hours - from), hours - from);
  const shape = parameters.pick('rampShape', ['straight', 'faster', 'S']);
  return (hour) => {
    const done = Math.min(1, Math.max(0, (hour - from) / span));
    if (shape === 'faster') return factor ** done;
    const way = shape === 'straight' ? done : done * done * (3 - 2 * done);
    return 1 + (factor - 1) * way;
  };
}
