import type { CapacityDemand } from '../baselines/capacity-demand.ts';
import type { CapacityOption } from '../baselines/capacity-option.ts';
import type { CapacityPlan } from '../baselines/capacity-plan.ts';
import { contradictionsOf } from '../baselines/document-contradictions.ts';
import { machineName } from '../baselines/plan-reasons.ts';
import { item, layTable, named, write, type Layout } from './layout.ts';
import { dollars, kilobytes, percent, rate } from './plan-figures.ts';
import { planParts } from './plan-parts.ts';
import { sourceLines } from './plan-sources.ts';
import type { Accent, Span } from './terminal-table.ts';

/** The demand in one sentence. */
export function demandText(demand: CapacityDemand): string {
  const { requestsPerSecond, users, p99Ms, errorRatio, tier, headroomRatio } = demand;
  return [
    `${rate(requestsPerSecond)} requests/s`,
    ...(users === undefined ? [] : [`${rate(users)} users`]),
    ...(p99Ms === undefined ? [] : [`P99 of at most ${rate(p99Ms)} ms`]),
    ...(errorRatio === undefined ? [] : [`at most ${percent(errorRatio)} errors`]),
    `${kilobytes(demand.requestBytes)} a request, ${kilobytes(demand.responseBytes)} an answer`,
    `${percent(headroomRatio)} head-room`,
    ...(tier === undefined ? [] : [`on machines of tier ${tier}`]),
  ].join(', ');
}

function optionTable(plan: CapacityPlan): readonly Span[] {
  const { options } = plan;
  const isBest = (option: CapacityOption) => plan.possible && plan.recommended === option;
  const accent = (option: CapacityOption): Accent =>
    option.problems.length > 0 ? 'faint' : isBest(option) ? 'strong' : 'plain';
  const column = (
    title: string,
    cell: (option: CapacityOption) => string,
    side: 'left' | 'right' = 'right',
  ) => ({
    title,
    side,
    cells: options.map((option): Span => [[cell(option), accent(option)]]),
  });
  const mark = (figure: { extrapolated?: readonly string[] }, text: string) =>
    `${figure.extrapolated === undefined ? '' : '~'}${text}`;
  return layTable([
    column('', (option) => (isBest(option) ? '▸' : option.problems.length > 0 ? '✗' : ' '), 'left'),
    column('MACHINES', machineName, 'left'),
    column('CARRY/S', ({ capacityPerSecond: figure }) => mark(figure, rate(figure.value))),
    column('FREE', ({ freeRatio }) => (freeRatio < 0 ? '–' : percent(freeRatio))),
    column('P99 ms', ({ p99Ms }) => mark(p99Ms, rate(Math.round(p99Ms.value)))),
    column('USERS', ({ users }) => mark(users, rate(users.value))),
    column('$/HOUR', ({ costPerHour }) => dollars(costPerHour.value)),
    column('$/MONTH', ({ costPerMonth }) => rate(Math.round(costPerMonth.value))),
    column('$/MILLION', ({ costPerMillion }) => dollars(costPerMillion.value)),
  ]);
}

function notPossible(plan: CapacityPlan, width: number): readonly Span[] {
  const refused = plan.options.filter(({ problems }) => problems.length > 0);
  if (!plan.possible || refused.length === 0) return [];
  return [
    [],
    [['Not possible', 'strong']],
    ...refused.flatMap((option) => named(`${option.vcpus} vCPUs`, option.problems.join('; '), width)),
  ];
}

function verdict(plan: CapacityPlan, width: number): readonly Span[] {
  if (!plan.possible) {
    return [
      [['No plan: the tables have nothing that meets this demand', 'bad']],
      ...plan.problems.flatMap((problem) => item(problem, width)),
      ...plan.hints.flatMap((hint) => item(hint, width)),
    ];
  }
  const { recommended, reasons } = plan;
  return [
    [[`Recommended: ${machineName(recommended)} with ${recommended.memoryGib} GiB each`, 'strong']],
    ...reasons.flatMap((reason) => item(reason, width)),
  ];
}

/**
 * Writes a plan for a terminal; ends with a newline.
 * @param isDocument whether the figures are the document's own, whose contradictions matter then.
 * @param notes what makes the demand less sure.
 */
export function renderPlan(
  plan: CapacityPlan,
  isDocument: boolean,
  notes: readonly string[],
  layout: Layout,
): string {
  const { width } = layout;
  const contradictions = contradictionsOf('cost', 'network', 'tiers', 'database').map(({ what }) => what);
  const said = contradictions.join('; ');
  return write(
    [
      ...named('Demand', demandText(plan.demand), width, 10),
      ...notes.flatMap((note) => item(note, width)),
      [],
      ...optionTable(plan),
      [],
      ...verdict(plan, width),
      ...notPossible(plan, width),
      ...(plan.possible ? [[], [['What goes with it', 'strong']] as Span, ...planParts(plan, width)] : []),
      [],
      [['Where the figures are from', 'strong']],
      ...sourceLines(plan, width),
      ...(isDocument
        ? [
            [],
            [['The document contradicts itself', 'strong']] as Span,
            ...item(`${said}. docs/baselines.md says which figure is used.`, width),
          ]
        : []),
    ],
    layout,
  );
}
