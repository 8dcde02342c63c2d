import { afterAll, describe, expect, it } from '@jest/globals';
import { instrument } from '../../src/instrument/instrument.ts';
import { judgeAnswer } from '../../src/instrument/judge-answer.ts';
import { RPC_ERROR_TYPES } from '../../src/mcp/error-codes.ts';
import { JsonRpcScanner } from '../../src/mcp/json-rpc-scanner.ts';
import type { MessageFacts } from '../../src/mcp/message-facts.ts';
import { messageShape } from '../../src/mcp/message-shape.ts';
import { DEFAULT_ERROR_PATTERNS } from '../../src/model/error-pattern.ts';
import { judge } from '../../src/mcp/call-outcome.ts';
import { connect, outcome } from '../harness/clients.ts';
import { eventually } from '../harness/eventually.ts';
import { parseExposition, totalBy } from '../harness/exposition.ts';
import type { ScrapedSample } from '../harness/exposition.ts';
import { toolCalls, toolOperations } from '../harness/scrape.ts';
import { startSidecar } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { serveSdk2 } from './serve-sdk2.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 30_000);

function scan(message: object): MessageFacts {
  const found: MessageFacts[] = [];
  const scanner = new JsonRpcScanner(messageShape(), (scanned) => found.push({ ...scanned }));
  const bytes = Buffer.from(JSON.stringify(message));
  scanner.push(bytes, 0, bytes.length);
  scanner.end();
  const [first] = found;
  if (!first) throw new Error('scan: want a message, got none');
  return first;
}

const texts = [
  'connect ETIMEDOUT 10.0.0.1',
  'deadlock detected',
  'Too many requests',
  'circuit breaker is open',
  'Unknown tool: x',
  'Input validation error: a',
  'anything else',
];
const codes = [...RPC_ERROR_TYPES.keys(), 1, -32099];
const answers: readonly object[] = [
  { result: {} },
  { result: { content: [{ type: 'text', text: 'deadlock' }] } },
  { result: { isError: true, content: [] } },
  { result: { isError: true, content: [{ type: 'image' }, { type: 'text', text: 'rate limit' }] } },
  { result: { resultType: 'input_required', inputRequests: {} } },
  { result: { resultType: 'task', task: {} } },
  { result: { resultType: 'complete' } },
  { result: { task: { taskId: '1' } } },
  ...texts.map((text) => ({ result: { isError: true, content: [{ type: 'text', text }] } })),
  ...codes.map((code) => ({ error: { code, message: 'something' } })),
  ...texts.map((message) => ({ error: { code: -32603, message } })),
];

describe('an answer', () => {
  it.each(['tools/call', 'tools/list', 'server/discover'])(
    'to %s counts as it does in the sidecar',
    (method) => {
      for (const answer of answers) {
        const message = { jsonrpc: '2.0', id: 1, ...answer };
        const expected = judge({ kind: 'answer', facts: scan(message) }, method, DEFAULT_ERROR_PATTERNS);
        expect({ answer, ...judgeAnswer(message, method, DEFAULT_ERROR_PATTERNS) }).toEqual({
          answer,
          ...expected,
        });
      }
    },
  );
});

describe('a server that is measured from inside and by a sidecar', () => {
  it.each(['sdk2-legacy', 'sdk2-pinned'] as const)(
    'has the same counts in both, %s',
    async (kind) => {
      const vitals = instrument();
      stack.defer(vitals.stop);
      const server = stack.use(await serveSdk2((bare) => vitals.server(bare)));
      const sidecar = stack.use(await startSidecar(['--upstream', new URL(server.url).origin]));
      const client = await connect(kind, { http: `${sidecar.url}/mcp` });
      await client.listTools();
      await outcome(client.callTool('test_simple_text'));
      await outcome(client.callTool('add', { a: 'one' }));
      await outcome(client.callTool('test_error_handling'));
      await outcome(client.callTool('no_such_tool'));
      await outcome(client.readResource('test://static-text'));
      await outcome(client.readResource('test://no-such-resource'));
      await outcome(client.getPrompt('test_prompt_with_arguments', { arg1: 'x', arg2: 'y' }));
      await outcome(client.callTool('test_input_required_result_elicitation'));
      const leaving = new AbortController();
      const cancelled = outcome(
        client.callTool(
          'slow',
          { ms: 30_000 },
          { signal: leaving.signal, onprogress: () => leaving.abort() },
        ),
      );
      await cancelled;
      await client.stop();

      const counts = (samples: readonly ScrapedSample[]) => ({
        tools: toolCalls(samples),
        operations: toolOperations(samples),
        errors: totalBy(samples, 'mcp_request_errors_total', ['method', 'endpoint', 'error_type', 'fault']),
        versions: totalBy(
          samples,
          'mcp_server_operation_duration_seconds_count',
          ['mcp_protocol_version', 'network_transport', 'rpc_response_status_code'],
          { mcp_method_name: 'tools/call' },
        ),
        resources: totalBy(samples, 'request_duration_seconds_count', ['endpoint', 'status'], {
          method: 'resources/read',
        }),
        lists: totalBy(samples, 'request_duration_seconds_count', ['method', 'endpoint', 'status'], {
          method: 'tools/list',
        }),
        waits: totalBy(samples, 'mcp_client_wait_seconds_count', ['kind']),
        sessions: totalBy(samples, 'mcp_sessions_opened_total', ['how']),
        clients: totalBy(samples, 'mcp_sessions_opened_by_client_total', ['client']),
      });
      await eventually(async () => {
        const inside = counts(parseExposition((await vitals.metrics()).body));
        expect(inside).toEqual(counts(await sidecar.metrics()));
        expect(inside.tools).toMatchObject({ 'slow cancelled': 1, 'test_simple_text ok': 1 });
      });
    },
    60_000,
  );
});
