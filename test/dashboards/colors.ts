import type { ThresholdSteps, ValueMappings } from './dashboard-file.ts';

/** Grafana's dark theme, and its colours by name. */
export const THEME = {
  page: '#111217',
  panel: '#181b1f',
  border: '#25272d',
  text: '#ccccdc',
  dim: '#8e8e9a',
  grid: '#26292f',
} as const;

const NAMED: Readonly<Record<string, string>> = {
  green: '#73bf69',
  yellow: '#fade2a',
  orange: '#ff9830',
  red: '#f2495c',
  blue: '#5794f2',
  purple: '#b877d9',
  text: THEME.text,
};

/** Grafana's classic palette for series, in order. */
const PALETTE = [
  '#73bf69',
  '#f2cc0c',
  '#8ab8ff',
  '#ff780a',
  '#f2495c',
  '#5794f2',
  '#b877d9',
  '#96d98d',
  '#ffcb7d',
  '#c4162a',
  '#3274d9',
  '#ca95e5',
];

export const colorOf = (name: string): string => NAMED[name] ?? name;
export const paletteColor = (n: number): string => PALETTE[n % PALETTE.length] ?? THEME.text;

/** The colour that thresholds give a value. */
export function stepColor(steps: ThresholdSteps, value: number): string {
  const step = steps.findLast(({ value: from }) => from === null || value >= from);
  return colorOf(step?.color ?? 'text');
}

/** The word and colour that a mapping gives a value; undefined without one. */
export function mapped(mappings: ValueMappings | undefined, value: number) {
  const found = mappings?.map(({ options }) => options[String(value)]).find((each) => each !== undefined);
  return found && { text: found.text, color: colorOf(found.color) };
}
