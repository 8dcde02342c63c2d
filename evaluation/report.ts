import { table } from '../bench/table.ts';
import type { Estimated, Figure } from './bootstrap.ts';
import { OURS } from './method.ts';
import type { Score } from './score.ts';
import type { ClassSummary, KindSummary } from './summary.ts';

/** Writes a table; terminals and Markdown want it differently. */
export type TableWriter = (head: readonly string[], rows: readonly (readonly string[])[]) => string;

const markdownTable: TableWriter = (head, rows) =>
  [
    head,
    head.map((_, column) => (column === 0 ? '---' : '--:')),
    ...rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|'))),
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

function ratio(value: number): string {
  if (Number.isNaN(value)) return '–';
  return value.toFixed(3);
}

function count(value: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(1);
}

const WRITE: Readonly<Record<Figure, (value: number) => string>> = {
  precision: ratio,
  recall: ratio,
  f1: ratio,
  falseAlarms: count,
  delay: ratio,
};

function withInterval({ score, intervals }: Estimated, figure: Figure): string {
  const write = WRITE[figure];
  const [low, high] = intervals[figure];
  return `${write(score[figure])} [${write(low)}–${write(high)}]`;
}

function methodTable({ methods }: KindSummary, write: TableWriter): string {
  return write(
    ['method', 'precision', 'recall', 'F1', 'false alarms per 1,000 days', 'delay'],
    methods.map(({ name, estimated }) => [
      name,
      withInterval(estimated, 'precision'),
      withInterval(estimated, 'recall'),
      withInterval(estimated, 'f1'),
      withInterval(estimated, 'falseAlarms'),
      withInterval(estimated, 'delay'),
    ]),
  );
}

function healthyRow(one: ClassSummary, methods: readonly string[]): readonly string[] {
  const scores = methods.map((method) => one.scores[method]);
  return [one.name, String(scores[0]?.healthy ?? 0), ...scores.map((score) => falseAlarms(score)), one.about];
}

function falseAlarms(score: Score | undefined): string {
  if (score === undefined || score.healthy === 0) return '–';
  return score.wrong === 0 ? '0' : `${score.wrong} (${count(score.falseAlarms)})`;
}

function leakingRow(one: ClassSummary, methods: readonly string[]): readonly string[] {
  const ours = one.scores[methods[0] ?? OURS];
  return [
    one.name,
    String(ours?.leaking ?? 0),
    `${ours?.eitherAlarmed ?? 0} of ${ours?.either ?? 0}`,
    ratio(ours?.delay ?? Number.NaN),
    String(ours?.wrong ?? 0),
    ...methods.map((method) => ratio(one.scores[method]?.recall ?? Number.NaN)),
    one.about,
  ];
}

/** Short names for the columns of the tables by class. */
function shortName(method: string): string {
  return method.replace(/ (\d+ h ahead|above|over|and|\().*$/, '');
}

function kindReport(summary: KindSummary, write: TableWriter, title: (text: string) => string): string {
  const methods = summary.methods.map(({ name }) => name);
  const columns = methods.map(shortName);
  const total = summary.methods[0]?.estimated.score;
  const about =
    `${summary.series} series: ${total?.leaking ?? 0} leak, ${total?.healthy ?? 0} are healthy, ` +
    `${total?.either ?? 0} could be called either way and do not count. In brackets: 95 % intervals.`;
  return [
    title(summary.kind === 'memory' ? 'Memory' : 'Connections'),
    about,
    methodTable(summary, write),
    'Leaks by how far the limit still was when watching ended, in spans that the leak had been watched: recall, and the median delay of the first method.',
    write(
      ['limit', 'leaks', 'delay', ...columns],
      summary.distances.map(({ distance, scores }) => [
        distance,
        String(scores[methods[0] ?? OURS]?.leaking ?? 0),
        ratio(scores[methods[0] ?? OURS]?.delay ?? Number.NaN),
        ...methods.map((method) => ratio(scores[method]?.recall ?? Number.NaN)),
      ]),
    ),
    `Healthy classes: series with a false alarm (and false alarms per 1,000 days).`,
    write(
      ['class', 'series', ...columns, 'what it is'],
      summary.classes.filter(({ leaks }) => !leaks).map((one) => healthyRow(one, methods)),
    ),
    `Leaking classes: recall by method; the first columns are of ${methods[0] ?? OURS}: alarms on series that could be called either way, median delay, alarms before the leak.`,
    write(
      ['class', 'leaks', 'either', 'delay', 'early', ...columns, 'what it is'],
      summary.classes.filter(({ leaks }) => leaks).map((one) => leakingRow(one, methods)),
    ),
  ].join('\n\n');
}

/** All tables, for a terminal. */
export function terminalReport(summaries: readonly KindSummary[]): string {
  return summaries.map((one) => kindReport(one, table, (text) => `== ${text} ==`)).join('\n\n');
}

/** All tables, for docs/detectors.md. */
export function markdownReport(summaries: readonly KindSummary[]): string {
  return summaries.map((one) => kindReport(one, markdownTable, (text) => `### ${text}`)).join('\n\n');
}
