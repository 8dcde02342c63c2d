import type { Steps } from './dashboard-model.ts';
import type { Threshold } from '@grafana/grafana-foundation-sdk/dashboard';

/** The data source that the variable names; every panel, target, variable and annotation asks it. */
export const PROMETHEUS = { type: 'prometheus', uid: '${datasource}' } as const;

/** Steps as Grafana has them: the base has no value. */
export const toSteps = ([base, ...above]: Steps): Threshold[] => [
  { color: base, value: null },
  ...above.map(([value, color]) => ({ color, value })),
];

/** Grafana's letter for the nth query of a panel. */
export const refId = (n: number): string => String.fromCharCode(65 + n);
