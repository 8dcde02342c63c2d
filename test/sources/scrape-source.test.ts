import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, test } from '@jest/globals';
import { Gauge, Registry } from '@prometheus-io/client';
import type { Source } from '../../src/model/source.ts';
import type { ScrapeOptions } from '../../src/sources/scrape-source.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { startServer, textAnswer } from './http-server.ts';
import type { TestServer } from './http-server.ts';
import { goodPage, goodSamples, memory, patient, pool, scrapeOf, usage, values } from './scrape-setup.ts';

const stack = createStopStack();
let server: TestServer;
let problems: string[];

beforeEach(async () => {
  problems = [];
  server = stack.use(await startServer(textAnswer('')));
});
afterEach(stack.stopAll);

const source = (options: Partial<ScrapeOptions> = {}): Source =>
  stack.use(scrapeOf({ url: `${server.url}/metrics`, onProblem: (text) => problems.push(text), ...options }));

describe('a reading', () => {
  it('makes a sample of each mapping, in text and in OpenMetrics', async () => {
    const scrape = source();
    server.answer = textAnswer(goodPage);
    expect(await values(scrape)).toEqual(goodSamples);
    server.answer = textAnswer(`${goodPage}# EOF\n`, 'application/openmetrics-text; version=1.0.0');
    expect(await values(scrape)).toEqual(goodSamples);
  });

  it('asks for both formats and gzip, with the token, and takes gzip', async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' });
      response.end(gzipSync(goodPage));
    };
    const scrape = source({ url: `${server.url}/metrics?name=a`, bearer: 's3cret' });
    expect(await values(scrape)).toHaveLength(2);
    expect(server.requests).toMatchObject([
      {
        method: 'GET',
        url: '/metrics?name=a',
        headers: {
          accept: expect.stringMatching(
            /^application\/openmetrics-text;version=1\.0\.0,.*text\/plain;version=0\.0\.4/,
          ),
          'accept-encoding': 'gzip',
          authorization: 'Bearer s3cret',
        },
      },
    ]);
  });

  it('has no sample of what the page does not tell, and says so once', async () => {
    const scrape = source();
    server.answer = textAnswer('used 5\nmost 0\n');
    const missing = `scrape ${server.url}/metrics: mcp_redis_memory_bytes: want series that match memory, got none`;
    expect(await values(scrape)).toEqual([]);
    expect(await values(scrape)).toEqual([]);
    expect(problems).toEqual([missing]);
    server.answer = textAnswer(goodPage);
    expect(await values(scrape)).toHaveLength(2);
    server.answer = textAnswer('');
    expect(await values(scrape)).toEqual([]);
    expect(problems).toHaveLength(3);
  });

  it('goes on without a mapping that gives nonsense', async () => {
    const scrape = source();
    const nonsense = 'connection_pool_usage{pool_type="db"}: want a ratio from 0 to 1, got 2';
    server.answer = textAnswer('used 40\nmost 20\nmemory 7\n');
    expect(await values(scrape)).toEqual([['mcp_redis_memory_bytes', {}, 7]]);
    expect(await values(scrape)).toHaveLength(1);
    expect(problems).toEqual([`scrape ${server.url}/metrics: ${nonsense}`]);
  });

  it('fails if every mapping gives nonsense', async () => {
    server.answer = textAnswer('used 40\nmost 20\nmemory 7\n');
    await expect(source({ mappings: [pool] }).read(patient())).rejects.toThrow(
      `scrape ${server.url}/metrics: connection_pool_usage{pool_type="db"}: want a ratio from 0 to 1, got 2`,
    );
    expect(problems).toEqual([]);
  });
});

describe('series under our own names', () => {
  it('are taken over as the instrument library writes them', async () => {
    const registry = new Registry();
    const common = { help: 'x', registers: [registry] };
    const rate = new Gauge({ ...common, name: 'cache_hit_rate', labelNames: ['cache_type'] });
    const use = new Gauge({ ...common, name: 'connection_pool_usage', labelNames: ['pool_type'] });
    rate.set({ cache_type: 'l1' }, 0.9);
    rate.set({ cache_type: 'l2' }, 0);
    use.set({ pool_type: 'pg' }, 1);
    server.answer = textAnswer(await registry.metrics());
    expect(await values(source({ mappings: [] }))).toEqual([
      ['cache_hit_rate', { cache_type: 'l1' }, 0.9],
      ['cache_hit_rate', { cache_type: 'l2' }, 0],
      ['connection_pool_usage', { pool_type: 'pg' }, 1],
    ]);
  });

  it('are left alone with other labels, without a value, or where a mapping makes the same', async () => {
    server.answer = textAnswer(
      [
        'cache_hit_rate 0.1',
        'cache_hit_rate{cache_type="a",node="1"} 0.2',
        'cache_hit_rate{cache_type=""} 0.3',
        'cache_hit_rate{node="1"} 0.4',
        'cache_hit_rate{cache_type="b"} NaN',
        'connection_pool_usage{pool_type="db"} 0.5',
        'connection_pool_usage{pool_type="other"} 0.6',
        goodPage,
      ].join('\n'),
    );
    expect(await values(source({ mappings: [pool] }))).toEqual([
      usage,
      ['connection_pool_usage', { pool_type: 'other' }, 0.6],
    ]);
    expect(problems).toEqual([]);
  });

  it('are refused out of range and beyond a hundred, which is said once', async () => {
    const many = Array.from(
      { length: 150 },
      (_, index) => `connection_pool_usage{pool_type="p${index}"} 0.5`,
    );
    server.answer = textAnswer(['cache_hit_rate{cache_type="a"} 97', ...many].join('\n'));
    const scrape = source({ mappings: [] });
    expect(await values(scrape)).toHaveLength(100);
    expect(await values(scrape)).toHaveLength(100);
    expect(problems).toEqual([
      `scrape ${server.url}/metrics: cache_hit_rate{cache_type="a"}: want a ratio from 0 to 1, got 97`,
      `scrape ${server.url}/metrics: connection_pool_usage: want at most 100 series, got more`,
    ]);
  });
});

test.each<[string, Partial<ScrapeOptions>, string]>([
  [
    'a selector',
    { mappings: [{ ...memory, from: { value: 'a{' } }] },
    'selector a{: want a label name or }, got its end',
  ],
  [
    'labels',
    { mappings: [{ ...memory, labels: { a: 'b' } }] },
    'mcp_redis_memory_bytes: want the labels none, got a',
  ],
  [
    'a token',
    { bearer: 'a\nb' },
    'token: want printable ASCII characters without spaces, got something else',
  ],
])('%s that cannot be is refused at once', (_, options, message) => {
  expect(() => source(options)).toThrow(new Error(message));
});
