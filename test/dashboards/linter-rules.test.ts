import { describe, expect, it } from '@jest/globals';
import { files, panels, targets } from './every-dashboard.ts';
import { selectorsOf } from './promql.ts';

/**
 * The rules of Grafana's dashboard linter, restated: it is a Go program, and this runs everywhere.
 * https://github.com/grafana/dashboard-linter/tree/main/docs/rules
 */

/** Of an exporter of the cluster: its job and instance are not those of a server. */
const OF_THE_CLUSTER = /^kube_/;

/** In place of what only Grafana knows, so that the grammar takes it. */
const RATE_INTERVAL = '11m';
const parsed = (expr: string) =>
  selectorsOf(expr.replaceAll('$__rate_interval', RATE_INTERVAL).replaceAll('$__range', '13m'));

const UNITS = ['reqps', 'cps', 'ops', 's', 'bytes', 'bps', 'percentunit', 'short', 'none', 'currencyUSD'];

describe.each(files.map((file) => [file.uid, file] as const))('%s', (uid, file) => {
  const variable = (name: string) => file.templating.list.find((each) => each.name === name);

  it('has a variable for the data source', () => {
    expect(file.templating.list[0]).toMatchObject({
      name: 'datasource',
      type: 'datasource',
      query: 'prometheus',
      label: 'Data source',
    });
  });

  it.each(['job', 'instance', 'server'])('has a variable %s that takes several values', (name) => {
    expect(variable(name)).toMatchObject({
      type: 'query',
      label: `${name[0]?.toUpperCase()}${name.slice(1)}`,
      multi: true,
      includeAll: true,
      allValue: '.+',
      refresh: 2,
      datasource: { type: 'prometheus', uid: '${datasource}' },
    });
  });

  it('asks anew for every variable when the time changes', () => {
    const asked = file.templating.list.filter(({ type }) => type === 'query');
    expect(asked.map(({ refresh }) => refresh)).toEqual(asked.map(() => 2));
  });

  it('is not editable, and of the classic model', () => {
    expect(file).toMatchObject({ uid, editable: false, schemaVersion: 39 });
  });

  it('numbers its panels', () => {
    expect(file.panels.map(({ id }) => id)).toEqual(file.panels.map((_, i) => i + 1));
  });

  it('lays no panel over another, and none beyond the 24 columns', () => {
    const cells = file.panels.flatMap(({ title, gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => ({ cell: `${x + (n % w)},${y + Math.floor(n / w)}`, title })),
    );
    expect(new Set(cells.map(({ cell }) => cell)).size).toBe(cells.length);
    expect(Math.max(...file.panels.map(({ gridPos }) => gridPos.x + gridPos.w))).toBe(24);
  });
});

describe.each(panels.map(({ uid, panel }) => [`${uid}, ${panel.title}`, panel] as const))(
  '%s',
  (_, panel) => {
    it('has title, description, a unit that the linter knows, the data source, and a link', () => {
      expect(panel.title).not.toBe('');
      expect(panel.description?.length).toBeGreaterThan(40);
      expect(UNITS).toContain(panel.fieldConfig.defaults.unit);
      expect(panel.datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
      expect(panel.targets.length).toBeGreaterThan(0);
      expect(panel.targets.map(({ datasource }) => datasource.uid)).toEqual(
        panel.targets.map(() => '${datasource}'),
      );
      expect(panel.links).toHaveLength(1);
    });
  },
);

describe.each(targets.map(([where, target]) => [where, target] as const))('%s', (_, { expr }) => {
  const selectors = parsed(expr);

  it('selects by job, instance and server', () => {
    const ours = selectors.filter(({ metric }) => !OF_THE_CLUSTER.test(metric));
    // The linter looks at the first matcher of a label.
    const begin = ours.map(({ matchers }) => matchers.slice(0, 3));
    expect(begin).toEqual(ours.map(() => ['job=~"$job"', 'instance=~"$instance"', 'instance=~"$server"']));
  });

  it('takes rates over $__rate_interval, and counters only by their rate', () => {
    const rates = selectors.filter(({ inFunction }) => ['rate', 'irate'].includes(inFunction));
    expect(rates.map(({ range }) => range)).toEqual(rates.map(() => RATE_INTERVAL));
    const counters = selectors.filter(({ metric }) => metric.endsWith('_total'));
    const plain = counters.filter(({ inFunction }) => !['rate', 'irate', 'increase'].includes(inFunction));
    expect(plain).toEqual([]);
  });
});
