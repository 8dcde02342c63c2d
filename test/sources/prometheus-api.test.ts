import { afterEach, beforeEach, describe, expect, it, test } from '@jest/globals';
import { createPrometheusApi } from '../../src/sources/prometheus-api.ts';
import type { PrometheusApi, PrometheusApiOptions } from '../../src/sources/prometheus-api.ts';
import { eventually } from '../harness/eventually.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { jsonAnswer, startServer, textAnswer } from './http-server.ts';
import type { TestServer } from './http-server.ts';

const stack = createStopStack();
let server: TestServer;

beforeEach(async () => {
  server = stack.use(await startServer(jsonAnswer({})));
});
afterEach(stack.stopAll);

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

function api(options: Partial<PrometheusApiOptions> = {}): PrometheusApi {
  const made = createPrometheusApi({ url: server.url, ...options });
  stack.defer(made.close);
  return made;
}

const success = (resultType: string, result: unknown, more: object = {}): TestServer['answer'] =>
  jsonAnswer({ status: 'success', data: { resultType, result }, ...more });
const one = success('scalar', [1.5, '2']);

describe('a question', () => {
  it('goes by POST as a form, below the path of the URL, with its query and the token', async () => {
    server.answer = one;
    const made = api({ url: `${server.url}/mimir/?tenant=a`, credentials: { bearer: 's3cret.token==' } });
    await made.instant('up{a="b&c"}', { atMs: 1_700_000_000_123, signal: signal() });
    await made.range('up', { fromMs: 1000, toMs: 2500, stepMs: 500, signal: signal() });
    expect(made.subject).toBe(`prometheus ${server.url}/mimir`);
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        url: '/mimir/api/v1/query?tenant=a',
        body: 'query=up%7Ba%3D%22b%26c%22%7D&time=1700000000.123',
        headers: {
          authorization: 'Bearer s3cret.token==',
          'content-type': 'application/x-www-form-urlencoded',
        },
      },
      {
        method: 'POST',
        url: '/mimir/api/v1/query_range?tenant=a',
        body: 'query=up&start=1.000&end=2.500&step=0.500',
      },
    ]);
  });

  it.each([405, 501])('goes by GET from the first %d on', async (refusal) => {
    server.answer = (request, response) =>
      request.method === 'POST' ? response.writeHead(refusal).end('no') : one(request, response);
    const made = api({ url: `${server.url}?tenant=a` });
    await made.instant('up{a="b&c"}', { signal: signal() });
    await made.instant('up', { signal: signal() });
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /api/v1/query?tenant=a',
      'GET /api/v1/query?tenant=a&query=up%7Ba%3D%22b%26c%22%7D',
      'GET /api/v1/query?tenant=a&query=up',
    ]);
  });
});

describe('an answer', () => {
  it('keeps warnings, leaves native histograms out and says so', async () => {
    const result = [
      { metric: { a: 'b' }, value: [1, '-1.5e-07'] },
      { metric: { a: 'c' }, histogram: [1, {}] },
    ];
    server.answer = success('vector', result, { warnings: ['a part is missing'], infos: ['no counter'] });
    expect(await api().instant('x', { signal: signal() })).toEqual({
      series: [{ labels: { a: 'b' }, timesMs: Float64Array.of(1000), values: Float64Array.of(-1.5e-7) }],
      warnings: ['a part is missing', '1 series of native histograms are left out'],
    });
  });

  it('to a long range is put together of chunks in which series come and go', async () => {
    const chunks: string[] = [];
    server.answer = (request, response) => {
      const form = new URLSearchParams(server.requests.at(-1)?.body);
      chunks.push(`${form.get('start')} ${form.get('end')}`);
      const start = Number(form.get('start'));
      const series = (a: string, b: string) => ({
        metric: chunks.length === 2 ? { b, a } : { a, b },
        values: [
          [start, String(start)],
          [Number(form.get('end')), 'NaN'],
        ],
      });
      const result = chunks.length === 2 ? [series('1', '1')] : [series('1', '1'), series('2', '1')];
      success('matrix', result, { warnings: ['same'] })(request, response);
    };
    const answer = await api().range('x', { fromMs: 0, toMs: 25_000_500, stepMs: 1000, signal: signal() });
    expect(chunks).toEqual(['0.000 10999.000', '11000.000 21999.000', '22000.000 25000.500']);
    expect(answer.warnings).toEqual(['same']);
    expect(answer.series.map(({ labels, timesMs }) => [labels, [...timesMs]])).toEqual([
      [{ a: '1', b: '1' }, [0, 10_999_000, 11_000_000, 21_999_000, 22_000_000, 25_000_500]],
      [{ a: '2', b: '1' }, [0, 10_999_000, 22_000_000, 25_000_500]],
    ]);
    expect(answer.series[0]?.values).toEqual(Float64Array.of(0, NaN, 11_000, NaN, 22_000, NaN));
  });

  it.each<[string, TestServer['answer'], string]>([
    [
      'a refusal',
      jsonAnswer({ status: 'error', errorType: 'bad_data', error: 'parse error:\n unexpected' }, 422),
      '422 bad_data: parse error: unexpected',
    ],
    ['an error with 200', jsonAnswer({ status: 'error', error: 'oops' }), '200 error: oops'],
    ['an error without a reason', jsonAnswer({ status: 'error' }, 503), '503 error: no reason given'],
    [
      'a long reason',
      jsonAnswer({ status: 'error', error: 'x'.repeat(999) }, 400),
      `400 error: ${'x'.repeat(189)}…`,
    ],
    [
      'a reason that tells secrets',
      jsonAnswer({ status: 'error', error: 'no: p4ss dml0YWxzOnA0c3M=' }, 400),
      '400 error: no: *** ***',
    ],
    ['a page of a proxy', (_, response) => response.writeHead(502).end('<html>'), 'want 200, got 502'],
    [
      'a redirect',
      (_, response) => response.writeHead(302, { location: '/login' }).end(),
      'want 200, got 302',
    ],
    ['HTML', textAnswer('<html>', 'text/html'), 'want JSON of the query API, got text/html'],
    ['other JSON', jsonAnswer(['x']), 'want JSON of the query API, got application/json'],
    ['no result', jsonAnswer({ status: 'success' }), 'want a result, got none'],
    ['a string', success('string', [1, 'x']), 'want a scalar, a vector or a matrix, got a string'],
    ['no labels', success('vector', [{ value: [1, '1'] }]), 'want series with labels, got something else'],
    [
      'bad labels',
      success('vector', [{ metric: { a: 1 }, value: [1, '1'] }]),
      'want series with labels, got something else',
    ],
    [
      'a value that is no text',
      success('vector', [{ metric: {}, value: [1, 1] }]),
      'want a number as text, got 1',
    ],
    ['a value that is no number', success('scalar', [1, '']), 'want a number as text, got ""'],
    [
      'a point without a time',
      success('matrix', [{ metric: {}, values: [['1', '1']] }]),
      'want points of a time and a value, got something else',
    ],
    [
      'points that are no list',
      success('matrix', [{ metric: {}, values: 'x' }]),
      'want a list of points, got something else',
    ],
    ['too much', textAnswer('x'.repeat(20_000)), 'want a body of at most 10000 bytes, got a longer one'],
  ])('of %s fails, the next does not', async (_, answer, message) => {
    server.answer = answer;
    const made = api({ maxBytes: 10_000, credentials: { username: 'vitals', password: 'p4ss' } });
    await expect(made.instant('x', { signal: signal() })).rejects.toThrow(
      expect.objectContaining({ message: `prometheus ${server.url}: ${message}` }),
    );
    server.answer = one;
    expect((await made.instant('x', { signal: signal() })).series).toHaveLength(1);
  });

  it('of more than 1 MiB is too long for an instant query, not for a range', async () => {
    const long = 'x'.repeat(1024 * 1024);
    server.answer = success('matrix', [{ metric: { long }, values: [[1, '2']] }]);
    const made = api();
    await expect(made.instant('x', { signal: signal() })).rejects.toThrow(
      `prometheus ${server.url}: want a body of at most 1 MiB, got a longer one`,
    );
    const range = await made.range('x', { fromMs: 1000, toMs: 2000, stepMs: 1000, signal: signal() });
    expect(range.series).toHaveLength(1);
  });

  it('that does not come ends with the signal, and so does a range between chunks', async () => {
    server.answer = () => undefined;
    const made = api();
    await expect(made.instant('x', { signal: AbortSignal.timeout(50) })).rejects.toThrow(
      `prometheus ${server.url}: no answer before the deadline`,
    );
    await eventually(async () => expect(await server.connections()).toBe(0));
    const abort = new AbortController();
    server.answer = (request, response) => {
      abort.abort();
      success('matrix', [])(request, response);
    };
    const asked = server.requests.length;
    const range = { fromMs: 0, toMs: 900_000_000, stepMs: 1000, signal: abort.signal };
    await expect(made.range('x', range)).rejects.toThrow('no answer before the deadline');
    expect(server.requests.length - asked).toBe(1);
  });
});

test.each<[number, number, number, string]>([
  [0, 10, 0, 'range: want a step of at least 1 ms, got 0'],
  [0, 10, NaN, 'range: want a step of at least 1 ms, got NaN'],
  [10, 0, 1, 'range: want an end not before the start, got 10 to 0'],
  [0, NaN, 1, 'range: want an end not before the start, got 0 to NaN'],
  [0, 1_000_000, 1, 'range: want at most 1000000 points for a series, got 1000001'],
])('a range from %d to %d by %d is refused', async (fromMs, toMs, stepMs, message) => {
  await expect(api().range('x', { fromMs, toMs, stepMs, signal: signal() })).rejects.toThrow(message);
  expect(server.requests).toEqual([]);
});

test.each<[NonNullable<PrometheusApiOptions['credentials']>, string]>([
  [{ bearer: 'two words' }, 'token: want printable ASCII characters without spaces, got something else'],
  [{ bearer: '' }, 'token: want printable ASCII characters without spaces, got something else'],
  [{ username: 'a:b', password: 'c' }, 'username: want no colon, got one'],
])('credentials that cannot be sent are refused', (credentials, message) => {
  expect(() => api({ credentials })).toThrow(new Error(message));
});
