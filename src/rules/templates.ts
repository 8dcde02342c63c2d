/** How a value is written in a text for people. */
export type ValueFormat = 'percentage' | 'duration' | 'bytes' | 'rate' | 'number' | 'count';

const PIPES: Readonly<Record<ValueFormat, string>> = {
  percentage: 'humanizePercentage',
  duration: 'humanizeDuration',
  bytes: 'humanize1024',
  rate: 'printf "%.4g"',
  number: 'printf "%.3g"',
  count: 'printf "%.0f"',
};

/** The alert's own value. */
export const value = (format: ValueFormat): string => `{{ $value | ${PIPES[format]} }}`;

/**
 * What another series says of the same server, for a text such as "… beside an expected …".
 * @param metric a catalog metric or a recorded series with the labels `job` and `instance`.
 * @param labels further matchers, with the alert's labels as `%s` for each name in `from`.
 */
export function also(
  metric: string,
  format: ValueFormat,
  options: { readonly labels?: string; readonly from?: readonly string[]; readonly otherwise?: string } = {},
): string {
  const { labels = '', from = [], otherwise = 'an unknown value' } = options;
  const matchers = `job=%q,instance=%q${labels === '' ? '' : `,${labels}`}`;
  const values = ['job', 'instance', ...from].map((name) => `$labels.${name}`).join(' ');
  const query = `printf "${metric}{${matchers}}" ${values} | query`;
  return `{{ with ${query} }}{{ . | first | value | ${PIPES[format]} }}{{ else }}${otherwise}{{ end }}`;
}

/** The server's name for a person, in every summary: the address that Prometheus scrapes and the job. */
export const SERVER = '{{ $labels.instance }} ({{ $labels.job }})';
