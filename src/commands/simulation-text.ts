import type { AutoscalingComparison } from '../baselines/autoscaling-comparison.ts';
import { costRatioOf } from '../baselines/autoscaling-comparison.ts';
import type { SimulatedMoment, SimulatedRun, Simulation } from '../baselines/hpa-simulation.ts';
import { item, layTable, named, write, type Layout, type TableColumn } from './layout.ts';
import { clockTime, percent, rate } from './plan-figures.ts';
import type { Span } from './terminal-table.ts';

/** A run with what came of it, and the document's time line beside it where it is the document's test. */
export interface ToldSimulation {
  readonly title: string;
  readonly run: SimulatedRun;
  readonly simulation: Simulation;
  readonly comparison?: AutoscalingComparison;
}

/** Seconds between the rows of a table, and how many rows it has at most. */
const ROW_SECONDS = [60, 120, 300, 600, 1800, 3600, 7200] as const;
const MOST_ROWS = 9;

const plain = (text: string): Span => [[text, 'plain']];
const faint = (text: string): Span => [[text, 'faint']];

function columnOf<Row>(title: string, rows: readonly Row[], cell: (row: Row) => Span): TableColumn {
  return { title, side: 'right', cells: rows.map(cell) };
}

function momentColumns(rows: readonly SimulatedMoment[]) {
  return {
    minute: columnOf('MINUTE', rows, ({ second }) => plain(rate(second / 60))),
    load: columnOf('LOAD/S', rows, (each) => plain(rate(Math.round(each.requestsPerSecond)))),
    instances: columnOf('INSTANCES', rows, ({ replicas, ready }) =>
      plain(replicas === ready ? String(replicas) : `${ready} of ${replicas} serve`),
    ),
    cpu: columnOf('CPU', rows, ({ cpuRatio }) => plain(percent(cpuRatio))),
    p99: columnOf('P99 ms', rows, ({ p99Ms }) => plain(rate(Math.round(p99Ms)))),
  };
}

/** The document's rows beside the simulated ones. */
function comparedTable({ rows }: AutoscalingComparison): readonly Span[] {
  const own = momentColumns(rows.map(({ simulated }) => simulated));
  const documented = (cell: (row: (typeof rows)[number]['document']) => string) =>
    columnOf('document', rows, ({ document }) => faint(cell(document)));
  return layTable([
    own.minute,
    own.load,
    documented(({ requestsPerSecond }) => rate(requestsPerSecond)),
    own.instances,
    documented(({ instances }) => String(instances)),
    own.cpu,
    documented(({ cpuRatio }) => percent(cpuRatio)),
    own.p99,
  ]);
}

function sampledTable({ moments }: Simulation): readonly Span[] {
  const last = moments.length - 1;
  const every = ROW_SECONDS.find((seconds) => last / seconds < MOST_ROWS) ?? 14_400;
  const rows = moments.filter(({ second }) => second % every === 0 || second === last);
  return layTable(Object.values(momentColumns(rows)));
}

function stepTable({ steps }: Simulation): readonly Span[] {
  if (steps.length === 0) return [faint('  no change of the number of instances')];
  const ofSteps = (title: string, cell: (step: (typeof steps)[number]) => string) =>
    columnOf(title, steps, (step) => plain(cell(step)));
  return layTable([
    ofSteps('SCALED AT', ({ atSeconds }) => clockTime(atSeconds)),
    ofSteps('FROM', ({ from }) => String(from)),
    ofSteps('TO', ({ to }) => String(to)),
    ofSteps('BY', ({ metric = '–' }) => metric),
    ofSteps('HELD BACK FOR', ({ atSeconds, wantedAtSeconds }) =>
      wantedAtSeconds === undefined ? '–' : clockTime(atSeconds - wantedAtSeconds),
    ),
    ofSteps('SERVE AT', ({ readyAtSeconds }) => clockTime(readyAtSeconds)),
  ]);
}

function beside(comparison: AutoscalingComparison | undefined, text: string): string {
  return comparison === undefined ? '' : ` (document: ${text})`;
}

function summaryLines({ run, simulation, comparison }: ToldSimulation, width: number): readonly Span[] {
  const { steps, p99Ms, worstP99Ms, secondsOverP99, secondsOverCapacity, mostReplicas } = simulation;
  const ups = steps.filter(({ from, to }) => to > from).length;
  const document = comparison?.p99Ms.document ?? 0;
  const off =
    document === 0 ? '' : `, ${p99Ms >= document ? '+' : '−'}${percent(Math.abs(p99Ms / document - 1))}`;
  const rows: readonly (readonly [string, string])[] = [
    [
      'scale-ups',
      `${ups}${beside(comparison, String(comparison?.scaleUps.document))}, to ${mostReplicas} instances`,
    ],
    [
      'P99',
      `${rate(Math.round(p99Ms))} ms of all requests${beside(comparison, `${document} ms${off}`)}; ${rate(Math.round(worstP99Ms))} ms in the worst second; ${secondsOverP99 === 0 ? `never above ${rate(run.p99TargetMs)} ms` : `above ${rate(run.p99TargetMs)} ms for ${clockTime(secondsOverP99)}`}`,
    ],
    [
      'capacity',
      secondsOverCapacity === 0
        ? 'never more load than the instances that serve can carry'
        : `for ${clockTime(secondsOverCapacity)} more load than the instances that serve can carry`,
    ],
    ['cost', `${percent(costRatioOf(simulation))} of the hours of ${mostReplicas} instances all the time`],
    ...(comparison === undefined
      ? []
      : [
          [
            'error',
            `instances ${comparison.instancesOff === 0 ? 'equal in every row' : `off by at most ${comparison.instancesOff}`}; CPU off by at most ${rate(Math.ceil(comparison.cpuOff * 100))} points`,
          ] as const,
        ]),
  ];
  return rows.flatMap(([name, text]) => named(name, text, width));
}

/** What stands above the notes of the document's own test. */
const heading = (comparison: AutoscalingComparison | undefined): readonly Span[] =>
  comparison === undefined ? [] : [[['Where the test of the document contradicts itself', 'strong']]];

/** Writes a simulated run for a terminal; ends with a newline. */
export function renderSimulation(told: ToldSimulation, notes: readonly string[], layout: Layout): string {
  const { title, run, simulation, comparison } = told;
  const { width } = layout;
  const assumed = `Pods serve ${clockTime(run.podStartSeconds)} after the decision; what is read of them is ${clockTime(run.metricLagSeconds)} old; CPU by ${run.cpuSource === 'timeline' ? 'the time line of Auto-Scaling Performance' : 'Baseline Results'}.`;
  return write(
    [
      ...named('', title, width, 0).map(([, ...rest]): Span =>
        rest.map(([text]) => [text, 'strong'] as const),
      ),
      ...item(assumed, width),
      [],
      ...(comparison === undefined ? sampledTable(simulation) : comparedTable(comparison)),
      [],
      ...stepTable(simulation),
      [],
      ...summaryLines(told, width),
      ...(notes.length === 0 ? [] : [[], ...heading(comparison)]),
      ...notes.flatMap((note) => item(note, width)),
    ],
    layout,
  );
}
