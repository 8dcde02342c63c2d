import { Client } from '@modelcontextprotocol/client';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, describe, expect, it } from '@jest/globals';
import { instrument } from '../../src/instrument/instrument.ts';
import type { Vitals } from '../../src/instrument/instrument.ts';
import { connect, outcome, personWaitMs } from '../harness/clients.ts';
import type { ClientKind, TestClient } from '../harness/clients.ts';
import { eventually } from '../harness/eventually.ts';
import { parseExposition, total, totalBy } from '../harness/exposition.ts';
import { toolCalls } from '../harness/scrape.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { serveSdk1 } from './serve-sdk1.ts';
import { serveSdk2 } from './serve-sdk2.ts';
import type { ServerHere } from './serve-sdk2.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 30_000);

const faults: unknown[] = [];
const startVitals = (): Vitals => {
  const vitals = instrument({
    onFault: (error) => faults.push(error),
    batchTools: new Map([['batch', 'rows']]),
  });
  stack.defer(vitals.stop);
  return vitals;
};

const read = async (vitals: Vitals) => parseExposition((await vitals.metrics()).body);

/** Calls of every kind that a server answers the same each time. */
async function work(client: TestClient): Promise<unknown[]> {
  const steps: number[] = [];
  const onprogress = ({ progress }: { progress: number }): void => void steps.push(progress);
  const answers = [
    await outcome(client.listTools()),
    await outcome(client.callTool('test_simple_text')),
    await outcome(client.callTool('add', { a: 1, b: 2 })),
    await outcome(client.callTool('add', { a: 'one' })),
    await outcome(client.callTool('test_error_handling')),
    await outcome(client.callTool('no_such_tool')),
    await outcome(client.callTool('test_logging_tool')),
    await outcome(client.callTool('change_tools')),
    await outcome(client.callTool('slow', { ms: 120 }, { onprogress })),
    await outcome(client.readResource('test://static-text')),
    await outcome(client.readResource('test://template/7/data')),
    await outcome(client.readResource('test://no-such-resource')),
    await outcome(client.getPrompt('test_prompt_with_arguments', { arg1: 'x', arg2: 'y' })),
    await outcome(client.getPrompt('no_such_prompt')),
    ...(await Promise.all([1, 2, 3].map((a) => outcome(client.callTool('add', { a, b: 0 }))))),
  ];
  const leaving = new AbortController();
  const cancelled = outcome(client.callTool('slow', { ms: 30_000 }, { signal: leaving.signal, onprogress }));
  const stepsBefore = steps.length;
  await eventually(() => expect(steps.length).toBeGreaterThan(stepsBefore));
  leaving.abort(new Error('left'));
  answers.push(await cancelled);
  return answers;
}

async function talk(client: TestClient): Promise<unknown[]> {
  return [
    await outcome(client.callTool('test_elicitation', { message: 'who?' })),
    await outcome(client.callTool('test_sampling', { prompt: 'what?' })),
  ];
}

const inputRequired = async (client: TestClient): Promise<unknown[]> => [
  await outcome(client.callTool('test_input_required_result_elicitation')),
];

const ordinary = {
  'test_simple_text ok': 1,
  'add ok': 4,
  'test_error_handling tool_error': 1,
  'test_logging_tool ok': 1,
  'change_tools ok': 1,
  'slow ok': 1,
  'slow cancelled': 1,
};
const waited = { 'test_elicitation ok': 1, 'test_sampling ok': 1 };

interface Case {
  readonly name: string;
  readonly serve: (wrap: <T extends Parameters<Vitals['server']>[0]>(server: T) => T) => Promise<ServerHere>;
  readonly kind: ClientKind;
  readonly interact: (client: TestClient) => Promise<unknown[]>;
  readonly counted: Readonly<Record<string, number>>;
}

const cases: readonly Case[] = [
  {
    name: 'SDK 1.x',
    serve: (wrap) => serveSdk1(wrap),
    kind: 'sdk1',
    interact: talk,
    counted: { ...ordinary, ...waited, 'add tool_error': 1, 'other tool_error': 1 },
  },
  {
    name: 'SDK 2.x, legacy era',
    serve: (wrap) => serveSdk2(wrap),
    kind: 'sdk2-legacy',
    interact: talk,
    counted: { ...ordinary, ...waited, 'add tool_error': 1, 'other -32602': 1 },
  },
  {
    name: 'SDK 2.x, modern era',
    serve: (wrap) => serveSdk2(wrap),
    kind: 'sdk2-pinned',
    interact: inputRequired,
    counted: {
      ...ordinary,
      'add tool_error': 1,
      'other -32602': 1,
      'test_input_required_result_elicitation input_required': 1,
      'test_input_required_result_elicitation ok': 1,
    },
  },
];

describe.each(cases)('a server of $name', ({ serve, kind, interact, counted }) => {
  it('answers an instrumented client as it did before, and each call is counted once', async () => {
    const vitals = startVitals();
    const bare = stack.use(await serve((server) => server));
    const measured = stack.use(await serve((server) => vitals.server(server)));
    const clients = await Promise.all([bare, measured].map(({ url }) => connect(kind, { http: url })));
    const [bareAnswers, answers] = await Promise.all(
      clients.map(async (client) => [...(await work(client)), ...(await interact(client))]),
    );
    expect(answers).toEqual(bareAnswers);
    expect(clients[1]?.notifications.toSorted()).toEqual(clients[0]?.notifications.toSorted());
    await Promise.all(clients.map((client) => client.stop()));

    await eventually(async () => {
      const samples = await read(vitals);
      expect(toolCalls(samples)).toEqual(counted);
      expect(total(samples, 'mcp_requests_in_flight')).toBe(0);
      expect(total(samples, 'mcp_sessions_active')).toBe(0);
    });
    const samples = await read(vitals);
    expect(
      totalBy(samples, 'request_duration_seconds_count', ['endpoint', 'status'], {
        method: 'resources/read',
      }),
    ).toMatchObject({ 'test ok': 2 });
    expect(totalBy(samples, 'mcp_request_errors_total', ['endpoint', 'error_type', 'fault'])).toMatchObject({
      'add invalid_params client': 1,
    });
    expect(total(samples, 'mcp_vitals_tap_dropped_total')).toBe(0);
    expect(faults).toEqual([]);
  }, 60_000);
});

describe('time that a person takes', () => {
  it('is taken out of the duration and told apart', async () => {
    const vitals = startVitals();
    const server = stack.use(await serveSdk1((bare) => vitals.server(bare)));
    const client = await connect('sdk1', { http: server.url });
    await client.callTool('test_elicitation', { message: 'who?' });
    await client.stop();
    const samples = await read(vitals);
    const call = { method: 'tools/call' };
    const waitedSeconds = total(samples, 'mcp_client_wait_seconds_sum', { kind: 'elicitation' });
    expect(waitedSeconds).toBeGreaterThan((personWaitMs / 1000) * 0.9);
    const whole = total(samples, 'mcp_server_operation_duration_seconds_sum', {
      mcp_method_name: 'tools/call',
    });
    expect(whole).toBeGreaterThanOrEqual(waitedSeconds);
    expect(total(samples, 'request_duration_seconds_sum', call)).toBeCloseTo(whole - waitedSeconds, 6);
  }, 30_000);
});

describe('requests beside tools', () => {
  const servers: readonly { readonly sdk: string; readonly serve: Case['serve'] }[] = [
    { sdk: 'SDK 1.x', serve: (wrap) => serveSdk1(wrap) },
    { sdk: 'SDK 2.x', serve: (wrap) => serveSdk2(wrap) },
  ];
  it.each(servers)(
    'are answered and counted by a server of $sdk',
    async ({ serve }) => {
      const vitals = startVitals();
      const urls = [
        stack.use(await serve((server) => server)).url,
        stack.use(await serve((server) => vitals.server(server))).url,
      ];
      const answers = await Promise.all(
        urls.map(async (url) => {
          const client = new Client({ name: 'test', version: '1.0.0' });
          await client.connect(new StreamableHTTPClientTransport(new URL(url)));
          const ref = { type: 'ref/prompt' as const, name: 'test_prompt_with_arguments' };
          const results = [
            await outcome(client.ping()),
            await outcome(client.complete({ ref, argument: { name: 'arg1', value: 'pa' } })),
            await outcome(client.setLoggingLevel('error')),
            await outcome(client.listPrompts()),
            await outcome(client.listResourceTemplates()),
            client.getServerVersion(),
            client.getServerCapabilities(),
          ];
          await client.close();
          return results;
        }),
      );
      expect(answers[1]?.slice(0, 5)).toEqual(answers[0]?.slice(0, 5));
      expect(answers[1]).toEqual(answers[0]);
      const methods = totalBy(await read(vitals), 'request_duration_seconds_count', ['method', 'endpoint']);
      expect(methods).toEqual({
        'initialize /mcp': 1,
        'ping /mcp': 1,
        'completion/complete /mcp': 1,
        'logging/setLevel /mcp': 1,
        'prompts/list /mcp': 1,
        'resources/templates/list /mcp': 1,
      });
    },
    30_000,
  );
});
