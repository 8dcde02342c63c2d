import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { expositionFormat, parseExposition } from '../../src/sources/exposition-parser.ts';
import type { ExpositionSeries } from '../../src/sources/exposition-sample.ts';
import { createPrometheusApi } from '../../src/sources/prometheus-api.ts';
import type { PrometheusApi } from '../../src/sources/prometheus-api.ts';
import { createScrapeSource } from '../../src/sources/scrape-source.ts';
import { parseSelector } from '../../src/model/series-selector.ts';
import { eventually } from '../harness/eventually.ts';
import { parseExposition as parseStrictly } from '../harness/exposition.ts';
import { prometheusPath } from '../harness/prometheus.ts';
import { describeWith } from '../harness/requirement.ts';
import { startSidecar } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { openPage, textPage } from './exposition-pages.ts';
import { startServer, textAnswer } from './http-server.ts';
import { reader, startSecuredPrometheus } from './prometheus-secured.ts';
import type { SecuredPrometheus } from './prometheus-secured.ts';

const all = (): boolean => true;
const byKey = (series: readonly { key: string; value: number }[]): Record<string, number> =>
  Object.fromEntries(series.map(({ key, value }) => [key, value]));

const signal = (): AbortSignal => AbortSignal.timeout(20_000);
const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

describeWith(prometheusPath, 'apt-get install prometheus')('Prometheus as the judge', () => {
  let prometheus: SecuredPrometheus;
  let api: PrometheusApi;

  beforeAll(async () => {
    const text = stack.use(await startServer(textAnswer(textPage)));
    const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
    const open = stack.use(await startServer(textAnswer(openPage, openMetrics)));
    const targets = { text: new URL(text.url).host, open: new URL(open.url).host };
    prometheus = stack.use(await startSecuredPrometheus(targets));
    api = createPrometheusApi({ url: prometheus.url, credentials: reader });
    stack.defer(api.close);
    await eventually(async () => {
      const { series } = await api.instant('sum(up)', { signal: signal() });
      if (series[0]?.values[0] !== 2) throw new Error('scrape: want two targets up, got fewer');
    });
  }, 90_000);

  /** Series that a query selects, without the labels that the scrape added. */
  async function selected(expr: string): Promise<ExpositionSeries[]> {
    const { series } = await api.instant(expr, { signal: signal() });
    const format = ({ __name__: name = '', ...labels }: Readonly<Record<string, string>>) => {
      const own = Object.entries(labels).filter(([label]) => label !== 'job' && label !== 'instance');
      const pairs = own.map(([label, value]) => `${label}=${JSON.stringify(value)}`).toSorted();
      return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
    };
    return series.map(({ labels, values }) => ({
      name: labels['__name__'] ?? '',
      labels: new Map(Object.entries(labels)),
      value: values[0] ?? 0,
      key: format(labels),
    }));
  }

  const scraped = 'up|scrape_.*';

  it.each([
    ['text', textPage, 'text'],
    ['open', openPage, 'openmetrics'],
  ] as const)('the parser reads the page %s as Prometheus does', async (job, page, format) => {
    const theirs = byKey(await selected(`{job="${job}",__name__!~"${scraped}"}`));
    expect(Object.keys(theirs).length).toBeGreaterThan(8);
    expect(byKey(parseExposition(page, format, all))).toEqual(theirs);
  });

  it.each([
    'odd',
    'odd{kind!=""}',
    'odd{kind=""}',
    'odd{kind=~"esc.+|nan"}',
    'odd{kind=~"esc"}',
    'odd{kind!~"esc.+|nan"}',
    'odd{v=~"gr.*e .+"}',
    'odd{v=~".*🐘"}',
    String.raw`odd{v="a\\b\"c\nd"}`,
    String.raw`odd{v=~"\\{x\\}.*"}`,
    'odd{absent=~".*",kind="small",}',
    '{__name__=~"cache_.*",result=~"hit|miss",node!="b"}',
    "took_bucket{le='+Inf'}",
    'took_bucket{le=~`\\+Inf`}',
    'nothing',
  ])('the selector %s matches the series that it matches in Prometheus', async (text) => {
    const { matches } = parseSelector(text);
    const ours = parseExposition(textPage, 'text', all).filter(matches);
    const theirs = await selected(text);
    expect(ours.map(({ key }) => key).toSorted()).toEqual(theirs.map(({ key }) => key).toSorted());
  });

  it.each(['a{', 'a{b}', 'a{b=c}', 'a{b=~"("}', '{}', '{a=~".*"}', String.raw`a{b="\d"}`, 'a{b="c" d="e"}'])(
    'refuses %s, as Prometheus does',
    async (text) => {
      expect(() => parseSelector(text)).toThrow('selector ');
      await expect(api.instant(text, { signal: signal() })).rejects.toThrow('400 bad_data: ');
    },
  );

  it("reads Prometheus' own page as an independent parser does", async () => {
    const basic = Buffer.from(`${reader.username}:${reader.password}`).toString('base64');
    const response = await fetch(`${prometheus.url}/metrics`, {
      headers: { authorization: `Basic ${basic}` },
    });
    const page = await response.text();
    const format = expositionFormat(response.headers.get('content-type') ?? undefined);
    const ours = parseExposition(page, format ?? 'openmetrics', all);
    const theirs = parseStrictly(page);
    expect(ours.length).toBeGreaterThan(200);
    expect(
      ours.map(({ name, labels, value }) => ({ name, labels: Object.fromEntries(labels), value })),
    ).toEqual(
      theirs.map(({ labels, ...rest }) => ({
        ...rest,
        labels: Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== '')),
      })),
    );
  }, 40_000);
});

describe('the page of our own sidecar', () => {
  test('is read as an independent parser does, over HTTP too', async () => {
    const upstream = stack.use(await startServer(textAnswer('')));
    const sidecar = stack.use(await startSidecar(['--upstream', upstream.url]));
    const page = await (await fetch(`${sidecar.adminUrl}/metrics`)).text();
    const ours = parseExposition(page, 'text', all).map(({ name, labels }) => [name, labels.size]);
    const theirs = parseStrictly(page).map(({ name, labels }) => [
      name,
      Object.values(labels).filter((value) => value !== '').length,
    ]);
    expect(ours).toEqual(theirs);
    expect(ours.length).toBeGreaterThan(20);
    const source = stack.use(
      createScrapeSource({
        url: `${sidecar.adminUrl}/metrics`,
        mappings: [{ to: 'mcp_processes', labels: {}, from: { value: 'mcp_vitals_exchanges_seen_total' } }],
        onProblem: () => undefined,
      }),
    );
    expect(await source.read(signal())).toMatchObject([{ name: 'mcp_processes' }]);
  }, 60_000);
});
