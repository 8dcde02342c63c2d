import type { PageUnit } from './page-verdict.ts';
import { splitName } from './series-name.ts';

/** Units of figures whose names do not end in one. */
const OTHERS: Readonly<Record<string, PageUnit>> = {
  cpu_cores: 'cores',
  bandwidth_bits_per_second: 'bits_per_second',
  probe_up: 'ratio',
};

/** What the values of one of the page's series are counted in, by its name. */
export function seriesUnit(name: string): PageUnit {
  const { figure } = splitName(name);
  const other = OTHERS[figure];
  if (other !== undefined) return other;
  if (figure.endsWith('_rate')) return 'per_second';
  if (figure.endsWith('_ratio')) return 'ratio';
  if (figure.endsWith('_ms')) return 'ms';
  if (figure.endsWith('_bytes')) return 'bytes';
  return figure.endsWith('_seconds') ? 'seconds' : 'count';
}
