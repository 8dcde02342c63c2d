/** What the variables choose: `server` is a name to pick by, its value is the address of an instance. */
const CHOSEN = 'job=~"$job",instance=~"$instance",instance=~"$server"';

/** A metric or recorded series of the chosen servers. */
export function of(series: string, matchers = ''): string {
  return `${series}{${CHOSEN}${matchers === '' ? '' : `,${matchers}`}}`;
}

/**
 * What Prometheus itself knows of a target, of sidecars alone: without a choice of a job there are others beside them.
 * A job is one of sidecars where one of them answered within the hour, so that those that are down are counted too.
 */
export const ofSidecars = (series: string): string =>
  `(${of(series)} and on (job) max by (job) (max_over_time(${of('mcp_vitals_build_info')}[1h])))`;

/** Alerts of these rules that fire for the chosen servers. */
export const alertsThatFire = (matchers: string): string =>
  of('ALERTS', `alertname=~"Mcp.+",alertstate="firing",${matchers}`);

/** A counter of the chosen servers, per second. */
export const rate = (counter: string, matchers = ''): string =>
  `rate(${of(counter, matchers)}[$__rate_interval])`;

/** A counter of the chosen servers, over one step of the panel. */
export const increase = (counter: string, matchers = ''): string =>
  `increase(${of(counter, matchers)}[$__rate_interval])`;

/** The greatest of each server, without labels that would stand in the way of a comparison. */
export const byServer = (expr: string): string => `max by (job, instance) (${expr})`;

/** A percentile of a histogram of the chosen servers. */
export function quantile(
  q: number,
  histogram: string,
  options: { readonly by?: readonly string[]; readonly matchers?: string } = {},
): string {
  const { by = [], matchers = '' } = options;
  return `histogram_quantile(${q}, sum by (${[...by, 'le'].join(', ')}) (${rate(`${histogram}_bucket`, matchers)}))`;
}

/** The name of a server in a legend: the address that is scraped. */
export const SERVER = '{{instance}}';
