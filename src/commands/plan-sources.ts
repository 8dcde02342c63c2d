import type { CapacityPlan } from '../baselines/capacity-plan.ts';
import type { CapacityOption } from '../baselines/capacity-option.ts';
import { machineName } from '../baselines/plan-reasons.ts';
import { shortHeading, type Sourced } from '../baselines/sourced.ts';
import { item, named } from './layout.ts';
import type { Span } from './terminal-table.ts';

const tableText = ({ from }: Sourced): string => from.map(shortHeading).join(', ');

/** Every figure of an option that has a table. */
function figuresOf(option: CapacityOption): readonly (readonly [name: string, figure: Sourced])[] {
  return [
    ['capacity', option.capacityPerSecond],
    ['P99', option.p99Ms],
    ['users', option.users],
    ['network', option.networkBits],
    ['CPU', option.cpuRatio],
    ['memory', option.memoryBytes],
    ['cost', option.costPerHour],
  ];
}

/** What was extrapolated, each reason once, with the figures and machines that it concerns. */
function extrapolations(options: readonly CapacityOption[]): readonly string[] {
  const concerned = new Map<string, { figures: Set<string>; machines: Set<string> }>();
  for (const option of options) {
    for (const [name, { extrapolated = [] }] of figuresOf(option)) {
      for (const text of extrapolated) {
        const known = concerned.get(text) ?? { figures: new Set(), machines: new Set() };
        concerned.set(text, known);
        known.figures.add(name);
        known.machines.add(machineName(option));
      }
    }
  }
  return [...concerned].map(
    ([text, { figures, machines }]) => `${[...figures].join(', ')} of ${[...machines].join(', ')}: ${text}`,
  );
}

/** Where a plan's figures are from, and which of them no table has (`~`). */
export function sourceLines(plan: CapacityPlan, width: number): readonly Span[] {
  const shown = plan.possible ? plan.recommended : plan.options[0];
  const rows: (readonly [string, string])[] = [];
  if (shown !== undefined) {
    for (const [name, figure] of figuresOf(shown)) rows.push([name, tableText(figure)]);
  }
  const { surroundings } = plan;
  rows.push(['tier', shortHeading(surroundings.from)], ['bandwidth', tableText(surroundings.bandwidthBits)]);
  if (plan.possible) {
    rows.push(
      ['pool', tableText(plan.pool.poolPerWorker)],
      ['connections', tableText(plan.pool.connections)],
    );
    rows.push(['in use', tableText(plan.pool.inUse)]);
  }
  return [
    ...rows.flatMap(([name, text]) => named(name, text, width)),
    ...extrapolations(plan.options).flatMap((text) => item(text, width, '~')),
  ];
}
