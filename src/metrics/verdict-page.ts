import type { Labels } from '../model/labels.ts';
import type { Verdict } from '../model/verdict.ts';
import { CATALOG } from './catalog.ts';
import { VERDICT_FIGURES, type FigureName } from './detector-metrics.ts';

/** A verdict of a series of somebody else's, with that series' own labels. */
export interface LabelledVerdict {
  readonly detector: string;
  readonly series: string;
  readonly labels: Labels;
  readonly verdict: Verdict;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** A name that every version of the text format takes; Prometheus' own way with others, "underscores". */
const plainName = (name: string): string => name.replaceAll(/[^A-Za-z0-9_]|^(?=\d)/g, '_');

/**
 * The labels of a verdict: those of its series, with `exported_` before a name that is also one of ours, as Prometheus does
 * it, and without the metric's name.
 */
export function verdictLabels({ detector, series, labels }: LabelledVerdict): string {
  const all = new Map([
    ['detector', detector],
    ['series', series],
  ]);
  for (const [name, value] of Object.entries(labels)) {
    if (name === '__name__' || value === '') continue;
    let free = plainName(name);
    while (all.has(free)) free = `exported_${free}`;
    all.set(free, value);
  }
  return [...all].map(([name, value]) => `${name}="${escaped(value)}"`).join(',');
}

/**
 * Renders verdicts in Prometheus' text format, one series of each metric for each; what is not known is absent. By hand
 * instead of by the registry, since every series has labels of its own.
 */
export function renderVerdicts(verdicts: Iterable<LabelledVerdict>): string {
  const rows = new Map<string, Verdict>();
  // Two of the same labels would spoil the page.
  for (const each of verdicts) {
    const labels = verdictLabels(each);
    if (!rows.has(labels)) rows.set(labels, each.verdict);
  }
  const names = Object.keys(VERDICT_FIGURES).filter((name): name is FigureName => name in VERDICT_FIGURES);
  return names
    .map((name) => {
      const { help, type } = CATALOG[name];
      const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
      for (const [labels, verdict] of rows) {
        const value = VERDICT_FIGURES[name](verdict);
        // A time to the limit that never comes is none.
        if (value !== undefined && Number.isFinite(value)) lines.push(`${name}{${labels}} ${value}`);
      }
      return `${lines.join('\n')}\n`;
    })
    .join('\n');
}
