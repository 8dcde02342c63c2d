/** Values of Grafana's variables, by name; `__rate_interval` and `__range` among them. */
export type VariableValues = Readonly<Record<string, string>>;

/** Replaces `$name` and `${name}` in a text, as Grafana does; a name without a value is a mistake of the dashboard. */
export function interpolate(text: string, values: VariableValues): string {
  return text.replaceAll(/\$(?:\{(\w+)\}|([a-z_]\w*))/gi, (whole, braced?: string, bare?: string) => {
    const value = values[braced ?? bare ?? ''];
    if (value === undefined) throw new Error(`variables: want a value of ${whole}, got none`);
    return value;
  });
}

/** A name of a series from a template such as `{{tool}} P95`, as Grafana makes it. */
export const legendOf = (template: string, labels: Readonly<Record<string, string>>): string =>
  template.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? '').trim();

/** Everything chosen, over a time of `rangeSeconds` scraped every `scrapeSeconds` and drawn in steps. */
export function everything(time: {
  readonly rangeSeconds: number;
  readonly stepSeconds: number;
  readonly scrapeSeconds: number;
}): VariableValues {
  const { rangeSeconds, stepSeconds, scrapeSeconds } = time;
  return {
    datasource: 'prometheus',
    job: '.+',
    server: '.+',
    instance: '.+',
    tool: '.+',
    hpa: '.+',
    // Grafana: four scrapes, or a step and a scrape.
    __rate_interval: `${Math.max(4 * scrapeSeconds, stepSeconds + scrapeSeconds)}s`,
    __range: `${rangeSeconds}s`,
  };
}
