import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createPrometheusSource } from '../../src/sources/prometheus-source.ts';
import type { PrometheusSourceOptions } from '../../src/sources/prometheus-source.ts';
import type { Source } from '../../src/model/source.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { eventually } from '../harness/eventually.ts';
import { jsonAnswer, startServer } from './http-server.ts';
import type { TestServer } from './http-server.ts';

const stack = createStopStack();
let server: TestServer;
let problems: string[];

const scalar = (value: string, more: object = {}): TestServer['answer'] =>
  jsonAnswer({ status: 'success', data: { resultType: 'scalar', result: [1, value] }, ...more });

/** Answers by expression. */
let answers: Record<string, TestServer['answer']>;

beforeEach(async () => {
  problems = [];
  answers = {};
  server = stack.use(
    await startServer((request, response) => {
      const query = new URLSearchParams(server.requests.at(-1)?.body).get('query') ?? '';
      (answers[query] ?? scalar('0.5'))(request, response);
    }),
  );
});
afterEach(stack.stopAll);

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

function source(queries: readonly string[], options: Partial<PrometheusSourceOptions> = {}): Source {
  return stack.use(
    createPrometheusSource({
      url: server.url,
      queries: queries.map((query) => ({ query, to: 'cache_hit_rate', labels: { cache_type: query } })),
      onProblem: (text) => problems.push(text),
      ...options,
    }),
  );
}

const typesOf = async (from: Source, deadline = signal()): Promise<string[]> =>
  (await from.read(deadline)).map(({ labels }) => Object.values(labels).join(','));

test('many queries run a few at a time over as many connections, and stay in their order', async () => {
  let running = 0;
  let most = 0;
  const slow: TestServer['answer'] = (request, response) => {
    running += 1;
    most = Math.max(most, running);
    setTimeout(() => {
      running -= 1;
      scalar('0.5')(request, response);
    }, 10);
  };
  const names = Array.from({ length: 20 }, (_, index) => `q${index}`);
  for (const name of names) answers[name] = slow;
  const many = source(names);
  expect(await typesOf(many)).toEqual(names);
  expect(await typesOf(many)).toEqual(names);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(3);
  expect(server.opened()).toBeLessThanOrEqual(3);
  await many.stop();
  await eventually(async () => expect(await server.connections()).toBe(0));
});

test('a query that hangs costs its own sample only, if queries have a time', async () => {
  answers['hangs'] = () => undefined;
  const some = source(['one', 'hangs', 'two'], { queryTimeoutMs: 300 });
  expect(await typesOf(some)).toEqual(['one', 'two']);
  expect(problems).toEqual([
    `prometheus ${server.url}: cache_hit_rate{cache_type="hangs"}: no answer before the deadline`,
  ]);
  answers['hangs'] = scalar('1');
  expect(await typesOf(some)).toEqual(['one', 'hangs', 'two']);
});

test('a warning is told once, with the sample', async () => {
  answers['one'] = scalar('0.5', { warnings: ['store is away'] });
  const some = source(['one']);
  expect(await typesOf(some)).toEqual(['one']);
  expect(await typesOf(some)).toEqual(['one']);
  expect(problems).toEqual([`prometheus ${server.url}: cache_hit_rate{cache_type="one"}: store is away`]);
});

test('a server that is gone fails the reading with one reason, and is read again when it is back', async () => {
  const some = source(['one', 'two']);
  expect(await typesOf(some)).toEqual(['one', 'two']);
  const { port, url } = server;
  await server.stop();
  await expect(some.read(signal())).rejects.toThrow(
    expect.objectContaining({
      message: `prometheus ${url}: cache_hit_rate{cache_type="one"}: connection refused`,
    }),
  );
  expect(problems).toEqual([]);
  server = stack.use(await startServer(scalar('0.5'), undefined, port));
  expect(await typesOf(some)).toEqual(['one', 'two']);
});

test('a query without the labels of its metric, or of a target that another has, is refused at once', () => {
  const query = { query: 'x', to: 'cache_hit_rate', labels: {} } as const;
  expect(() => source([], { queries: [query] })).toThrow(
    'cache_hit_rate: want the labels cache_type, got none',
  );
  expect(() => source(['a', 'a'])).toThrow(
    'cache_hit_rate{cache_type="a"}: want one source of it, got a second',
  );
});
