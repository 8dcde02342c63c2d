import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPrometheusApi } from '../../src/sources/prometheus-api.ts';
import type { PrometheusApi, PrometheusApiOptions } from '../../src/sources/prometheus-api.ts';
import { createPrometheusSource } from '../../src/sources/prometheus-source.ts';
import { eventually } from '../harness/eventually.ts';
import { prometheusPath } from '../harness/prometheus.ts';
import { describeWith } from '../harness/requirement.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { createCertificates } from '../proxy/certificates.ts';
import { textPage } from './exposition-pages.ts';
import { startServer, textAnswer } from './http-server.ts';
import type { TestServer } from './http-server.ts';
import { reader, startSecuredPrometheus } from './prometheus-secured.ts';
import type { SecuredPrometheus } from './prometheus-secured.ts';

const signal = (): AbortSignal => AbortSignal.timeout(20_000);
const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

describeWith(prometheusPath, 'apt-get install prometheus')('beside a real Prometheus', () => {
  let prometheus: SecuredPrometheus;
  let exporter: TestServer;
  let options: PrometheusApiOptions;
  let api: PrometheusApi;

  const client = (changes: Partial<PrometheusApiOptions>): PrometheusApi => {
    const made = createPrometheusApi({ ...options, ...changes });
    stack.defer(made.close);
    return made;
  };

  beforeAll(async () => {
    const certificates = createCertificates();
    stack.defer(async () => certificates.remove());
    certificates.selfSigned('authority');
    certificates.signed('server', 'authority', 'subjectAltName=IP:127.0.0.1');
    certificates.signed('client', 'authority', 'extendedKeyUsage=clientAuth');
    exporter = stack.use(await startServer(textAnswer(textPage)));
    prometheus = stack.use(
      await startSecuredPrometheus(
        { text: new URL(exporter.url).host },
        {
          cert: certificates.path('server.pem'),
          key: certificates.path('server.key'),
          clientAuthority: certificates.path('authority.pem'),
        },
      ),
    );
    options = {
      url: `${prometheus.url}/`,
      credentials: reader,
      tls: {
        ca: certificates.read('authority.pem'),
        cert: certificates.read('client.pem'),
        key: certificates.read('client.key'),
      },
    };
    api = client({});
    await eventually(async () => {
      const { series } = await api.instant('sum(up)', { signal: signal() });
      if (series[0]?.values[0] !== 1) throw new Error('scrape: want the target up, got it down');
    });
  }, 90_000);

  describe('the client of its API', () => {
    it('knows scalars, vectors and nothing', async () => {
      const at = Date.now() - 1000;
      expect(await api.instant('1 + 1', { signal: signal(), atMs: at })).toEqual({
        series: [{ labels: {}, timesMs: Float64Array.of(at), values: Float64Array.of(2) }],
        warnings: [],
      });
      const { series } = await api.instant('sum by (result) (cache_total)', { signal: signal() });
      expect(new Map(series.map(({ labels, values }) => [labels['result'], values[0]]))).toEqual(
        new Map([
          ['hit', 75],
          ['miss', 25],
        ]),
      );
      expect((await api.instant('nothing', { signal: signal() })).series).toEqual([]);
      expect((await api.instant('vector(NaN)', { signal: signal() })).series[0]?.values).toEqual(
        Float64Array.of(NaN),
      );
      expect((await api.instant('-vector(1)/0', { signal: signal() })).series[0]?.values[0]).toBe(-Infinity);
    });

    it('gets a range in chunks without a gap or a point twice', async () => {
      const fromMs = 1_700_000_000_250;
      const stepMs = 250;
      const points = 25_001;
      const toMs = fromMs + (points - 1) * stepMs + 100;
      const grid = { fromMs, toMs, stepMs, signal: signal() };
      const { series } = await api.range('vector(time())', grid);
      expect(series).toHaveLength(1);
      const [{ timesMs, values } = { timesMs: new Float64Array(), values: new Float64Array() }] = series;
      expect(timesMs).toHaveLength(points);
      expect(timesMs.every((time, index) => time === fromMs + index * stepMs)).toBe(true);
      expect(values.every((value, index) => Math.abs(value * 1000 - (timesMs[index] ?? 0)) < 1)).toBe(true);
    }, 30_000);

    it('sends long expressions', async () => {
      const long = `odd{kind=~"small|${'x'.repeat(300_000)}"}`;
      expect((await api.instant(long, { signal: signal() })).series).toHaveLength(1);
    });

    it.each<[string, Partial<PrometheusApiOptions>, RegExp]>([
      [
        'a wrong password',
        { credentials: { username: 'vitals', password: 'wrong-one' } },
        /: want 200, got 401$/,
      ],
      [
        'an unknown user',
        { credentials: { username: 'other', password: reader.password } },
        /: want 200, got 401$/,
      ],
      ['an authority that is not known', { tls: {} }, /: unable to verify the first certificate/],
      [
        'a path that is not there',
        { url: 'https://127.0.0.1:1/x' },
        /^prometheus https:\/\/127\.0\.0\.1:1\/x: connection refused$/,
      ],
    ])('fails with %s', async (_, changes, message) => {
      await expect(client(changes).instant('up', { signal: signal() })).rejects.toThrow(message);
    });

    it('fails without a client certificate, and with the host under another name', async () => {
      const { ca, cert, key } = options.tls ?? {};
      const known = {
        ...(ca !== undefined && { ca }),
        ...(cert !== undefined && { cert }),
        ...(key !== undefined && { key }),
      };
      await expect(
        client({ tls: { ...(ca !== undefined && { ca }) } }).instant('up', { signal: signal() }),
      ).rejects.toThrow(/certificate required|bad certificate|closed before|reset/);
      await expect(
        client({ tls: { ...known, serverName: 'elsewhere' } }).instant('up', { signal: signal() }),
      ).rejects.toThrow("Host: elsewhere. is not cert's CN: server");
      const unchecked = client({
        tls: { ...known, ca: '', serverName: 'elsewhere', rejectUnauthorized: false },
      });
      expect((await unchecked.instant('1', { signal: signal() })).series).toHaveLength(1);
    });

    it('fails when the server speaks another protocol', async () => {
      await expect(
        client({ url: prometheus.url.replace('https', 'http') }).instant('up', { signal: signal() }),
      ).rejects.toThrow(/: want 200, got 400$/);
      await expect(
        client({ url: exporter.url.replace('http', 'https') }).instant('up', { signal: signal() }),
      ).rejects.toThrow(/^prometheus https:\S+: (?!.*openssl)[\w ]+$/);
    });
  });

  it('the source makes samples, names what is wrong once, and loses none of the others', async () => {
    const problems: string[] = [];
    const pool = { to: 'connection_pool_usage' as const, labels: { pool_type: 'db' } };
    const cache = (type: string) => ({ to: 'cache_hit_rate' as const, labels: { cache_type: type } });
    const hits = 'sum(cache_total{result="hit"}) / sum(cache_total)';
    const source = stack.use(
      createPrometheusSource({
        ...options,
        queries: [
          { ...pool, query: 'pool_in_use / pool_most' },
          { ...cache('l1'), query: hits },
          { ...cache('scalar'), query: `scalar(${hits})` },
          { ...cache('none'), query: 'nothing' },
          { ...cache('nan'), query: 'vector(0) / 0' },
          { ...cache('several'), query: 'cache_total' },
          { ...cache('percent'), query: `100 * ${hits}` },
          { ...cache('range'), query: 'cache_total{node="b"}[1h]' },
          { ...cache('broken'), query: 'sum(' },
        ],
        onProblem: (text) => problems.push(text),
      }),
    );
    const wanted = [
      { name: 'connection_pool_usage', labels: { pool_type: 'db' }, value: 0.25 },
      { name: 'cache_hit_rate', labels: { cache_type: 'l1' }, value: 0.75 },
      { name: 'cache_hit_rate', labels: { cache_type: 'scalar' }, value: 0.75 },
    ];
    // A range needs a second scrape to have two points.
    await eventually(async () => {
      const { series } = await api.instant('count_over_time(cache_total{node="b"}[1h])', {
        signal: signal(),
      });
      expect(series[0]?.values[0]).toBeGreaterThan(1);
    });
    expect(await source.read(signal())).toEqual(wanted);
    const named = (type: string): string =>
      `prometheus ${prometheus.url}: cache_hit_rate{cache_type="${type}"}: `;
    const expected = [
      `${named('several')}want one series, got 3`,
      `${named('percent')}want a ratio from 0 to 1, got 75`,
      expect.stringContaining(`${named('range')}want one value, got a range of `),
      expect.stringMatching(/broken"}: 400 bad_data: .*parse error/),
    ];
    expect(problems).toEqual(expected);
    expect(await source.read(signal())).toEqual(wanted);
    expect(problems).toHaveLength(4);
  }, 30_000);

  it('a reading fails as a whole if every query does', async () => {
    const query = { to: 'cache_hit_rate' as const, labels: { cache_type: 'l1' }, query: 'sum(' };
    const source = stack.use(
      createPrometheusSource({ ...options, queries: [query], onProblem: () => undefined }),
    );
    await expect(source.read(signal())).rejects.toThrow(
      `prometheus ${prometheus.url}: cache_hit_rate{cache_type="l1"}: 400 bad_data: `,
    );
  });
});
