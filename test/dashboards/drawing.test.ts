import { describe, expect, it } from '@jest/globals';
import type { PanelFile } from './dashboard-file.ts';
import { drawStateTimeline } from './draw-bands.ts';
import { drawStat, drawTable } from './draw-values.ts';
import { formatValue } from './format-value.ts';
import { interpolate, legendOf } from './interpolate.ts';
import type { PanelData } from './panel-data.ts';
import { tableRows } from './table-rows.ts';

const HTML = '<img src=x onerror="a">';

const panel = (more: Partial<PanelFile>): PanelFile => ({
  id: 1,
  type: 'stat',
  title: 'Panel',
  gridPos: { x: 0, y: 0, w: 8, h: 8 },
  targets: [],
  links: [],
  transformations: [],
  options: {},
  fieldConfig: { defaults: { unit: 'none' }, overrides: [] },
  ...more,
});

const target = (refId: string) => ({
  refId,
  expr: 'x',
  legendFormat: '',
  format: 'table' as const,
  instant: true,
  range: false,
  datasource: { type: 'prometheus', uid: '' },
});

const columns = { instance: 'Server', 'Value #A': 'Rate', 'Value #B': 'Slow' };
const table = panel({
  type: 'table',
  targets: [target('A'), target('B')],
  transformations: [
    { id: 'merge', options: {} },
    { id: 'filterFieldsByName', options: { include: { names: Object.keys(columns) } } },
    {
      id: 'organize',
      options: { indexByName: { instance: 0, 'Value #A': 1, 'Value #B': 2 }, renameByName: columns },
    },
  ],
  options: { sortBy: [{ displayName: 'Rate', desc: true }] },
});

const series = (refId: string, instance: string, value: number): PanelData['series'][number] => ({
  refId,
  name: instance,
  labels: { instance, job: 'a' },
  points: [[100, value]],
});
const data: PanelData = {
  series: [series('A', 'one', 5), series('A', HTML, 7), series('B', 'one', 0.5)],
  problems: [],
};

describe('a table', () => {
  it('joins queries by the labels that all of them have, and sorts', () => {
    expect(tableRows(table, data)).toEqual({
      heads: ['Server', 'Rate', 'Slow'],
      rows: [
        [HTML, 7, undefined],
        ['one', 5, 0.5],
      ],
    });
  });

  it('is refused without the transformation that joins', () => {
    expect(() => tableRows({ ...table, transformations: [] }, data)).toThrow('want the transformation merge');
  });
});

describe('names from data', () => {
  it.each([
    ['a table', drawTable(table, data)],
    ['a stat', drawStat(panel({}), data, { width: 100, height: 100 })],
    ['a state timeline', drawStateTimeline(panel({}), data, { from: 0, to: 200, step: 10 })],
  ])('are text in %s', (_, html) => {
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=&quot;a&quot;&gt;');
  });
});

describe('variables', () => {
  it.each([
    ['x{job=~"$job"}[$__rate_interval]', 'x{job=~".+"}[1m]'],
    ['${job}', '.+'],
    ['label_replace(x, "a", "live $1", "b", "(.*)")', 'label_replace(x, "a", "live $1", "b", "(.*)")'],
  ])('are replaced in %s', (text, wanted) => {
    expect(interpolate(text, { job: '.+', __rate_interval: '1m' })).toBe(wanted);
  });

  it('without a value are a mistake', () => {
    expect(() => interpolate('$jbo', { job: '.+' })).toThrow('variables: want a value of $jbo, got none');
  });

  it.each([
    ['{{tool}} P95', 'get_user P95'],
    ['{{ tool }} ({{instance}})', 'get_user ()'],
  ])('of a legend are labels: %s', (template, name) => {
    expect(legendOf(template, { tool: 'get_user' })).toBe(name);
  });
});

describe('a value', () => {
  it.each<[number, string, string]>([
    [0.045, 's', '45 ms'],
    [145, 's', '2.42 min'],
    [2_254_857_830, 'bytes', '2.10 GiB'],
    [0.0002, 'percentunit', '0.02%'],
    [1450, 'reqps', '1.45K req/s'],
    [0.065, 'currencyUSD', '$0.07'],
    [0, 'none', '0'],
  ])('%s in %s is %s', (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text);
  });
});
