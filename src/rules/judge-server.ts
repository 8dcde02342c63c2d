import type { ConditionRow } from '../model/page-conditions.ts';
import type { HealthFigure, HealthRow, PageHealth, PageReadiness } from '../model/page-health.ts';
import type { PageVerdict } from '../model/page-verdict.ts';

type Reason = PageHealth['reasons'][number];

/** Figures that users feel: one of these that is bad makes the server bad at once, before any alert fires. */
const FELT: readonly HealthFigure[] = ['error_ratio', 'latency_p99'];

const RANK: Readonly<Record<PageVerdict, number>> = { bad: 0, watch: 1, ok: 2, unknown: 3 };

function rowReason({ figure, name, verdict, words }: HealthRow): Reason | undefined {
  if (verdict !== 'bad' && verdict !== 'watch') return undefined;
  const isFelt = FELT.includes(figure);
  return { verdict: verdict === 'bad' && isFelt ? 'bad' : 'watch', text: `${name}: ${words}` };
}

function conditionReason({ name, severity, state, words, inhibitedBy }: ConditionRow): Reason | undefined {
  if (state !== 'firing' || inhibitedBy !== null || (severity !== 'critical' && severity !== 'warning')) {
    return undefined;
  }
  return { verdict: severity === 'critical' ? 'bad' : 'watch', text: `${name}: ${words}` };
}

function reasonsOf(
  readiness: PageReadiness,
  rows: readonly HealthRow[],
  conditions: readonly ConditionRow[],
): readonly Reason[] {
  const unready: Reason[] =
    readiness.ready === false
      ? [
          {
            verdict: 'bad',
            text: `The server takes no connections: ${readiness.reason ?? 'no reason given'}`,
          },
        ]
      : [];
  return [...unready, ...conditions.map(conditionReason), ...rows.map(rowReason)]
    .filter((reason) => reason !== undefined)
    .toSorted((one, other) => RANK[one.verdict] - RANK[other.verdict]);
}

const figures = (count: number): string => `${count} ${count === 1 ? 'figure is' : 'figures are'}`;

function wordsOf(verdict: PageVerdict, reasons: readonly Reason[], rows: readonly HealthRow[]): string {
  const [first] = reasons;
  const others = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : '';
  switch (verdict) {
    case 'bad':
      return `Something is wrong. ${first?.text ?? ''}${others}`;
    case 'watch':
      return `Worth a look. ${first?.text ?? ''}${others}`;
    case 'ok': {
      const unknown = rows.filter((row) => row.verdict === 'unknown').length;
      return `All is as the baseline has it${unknown === 0 ? '' : `; ${figures(unknown)} not known`}.`;
    }
    case 'unknown':
      return 'Nothing is known yet: no request was seen in the last minute.';
    default:
      return verdict satisfies never;
  }
}

/** Says how a server fares as a whole: by its readiness, by what fires, and by its figures. */
export function judgeServer(
  readiness: PageReadiness,
  rows: readonly HealthRow[],
  conditions: readonly ConditionRow[],
  windowSeconds: number,
): PageHealth {
  const reasons = reasonsOf(readiness, rows, conditions);
  const isKnown = rows.some(({ verdict }) => verdict !== 'unknown');
  const verdict = reasons[0]?.verdict ?? (isKnown ? 'ok' : 'unknown');
  return { verdict, words: wordsOf(verdict, reasons, rows), reasons, readiness, windowSeconds, rows };
}
