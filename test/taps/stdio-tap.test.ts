import { describe, expect, it } from '@jest/globals';
import { createStdioTap } from '../../src/taps/stdio-tap.ts';
import { defaultOptions, manualClock, RecordingSink, result, rpcError, toolCall } from './tap-driver.ts';

function drive() {
  const clock = manualClock();
  const sink = new RecordingSink();
  const tap = createStdioTap(() => defaultOptions, sink, clock);
  const line = (message: unknown) =>
    Buffer.from(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
  return {
    clock,
    sink,
    tap,
    client: (message: unknown) => tap.clientToServer(line(message)),
    server: (message: unknown) => tap.serverToClient(line(message)),
  };
}

describe('stdio', () => {
  it('measures calls by id, in any order', () => {
    const { client, server, clock, sink } = drive();
    client(toolCall(1, 'a'));
    clock.advance(10);
    client(toolCall('x', 'b'));
    clock.advance(10);
    server(rpcError('x', -32603));
    clock.advance(10);
    server(result(1, { isError: true }));
    expect(sink.summary()).toEqual([
      'tools/call b -32603 internal_error server',
      'tools/call a tool_error tool_error server',
    ]);
    expect(sink.calls.map(({ durationMs, transport }) => [durationMs, transport])).toEqual([
      [10, 'stdio'],
      [30, 'stdio'],
    ]);
  });

  it('reads lines that are cut anywhere, and several in one chunk', () => {
    const { tap, sink } = drive();
    for (const byte of Buffer.from(`${JSON.stringify(toolCall(1))}\r\n`))
      tap.clientToServer(Buffer.from([byte]));
    const answers = [result(9), { method: 'notifications/message' }, result(1)];
    tap.serverToClient(Buffer.from(`\n${answers.map((message) => JSON.stringify(message)).join('\n')}\n`));
    expect(sink.summary()).toEqual(['tools/call get_user ok']);
    expect(sink.lines).toEqual([
      'session opened initialize',
      'dropped unknown_response',
      'notification notifications/message server',
    ]);
  });

  it('counts lines that are no messages and goes on', () => {
    const { client, server, sink } = drive();
    client(toolCall(1));
    server('Server started on port 3000');
    server(result(1));
    expect(sink.lines).toContain('dropped invalid_json');
    expect(sink.summary()).toEqual(['tools/call get_user ok']);
  });

  it('takes sampling apart and attributes it to the only call', () => {
    const { client, server, clock, sink } = drive();
    client(toolCall(1));
    server({ jsonrpc: '2.0', id: 1, method: 'sampling/createMessage' });
    clock.advance(500);
    client({ jsonrpc: '2.0', id: 1, result: {} });
    clock.advance(5);
    server(result(1));
    expect(sink.calls[0]).toMatchObject({ durationMs: 505, clientWaitMs: 500 });
  });

  it('cancels', () => {
    const { client, sink } = drive();
    client(toolCall(4));
    client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 4 } });
    expect(sink.summary()).toEqual(['tools/call get_user cancelled cancelled']);
  });

  it('settles what waits when the server exits, and closes the session', () => {
    const { client, server, tap, clock, sink } = drive();
    client({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18' } });
    server({ jsonrpc: '2.0', id: 0, result: { protocolVersion: '2025-11-25' } });
    client(toolCall(1));
    clock.advance(100);
    tap.end({ code: 1, signal: null });
    expect(sink.summary()).toEqual([
      'initialize stdio ok',
      'tools/call get_user unreachable connection_reset server',
    ]);
    expect(sink.lines).toEqual(['session opened initialize', 'session closed exit 100 stdio 2025-11-25']);
    expect(sink.pending).toBe(0);
  });

  it('takes a subscription for a stream from its acknowledgement on', () => {
    const { client, server, tap, clock, sink } = drive();
    for (const id of [1, 2, 3]) {
      client({ jsonrpc: '2.0', id, method: 'subscriptions/listen' });
      server({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged' });
    }
    clock.advance(3_600_000);
    server(result(1));
    client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } });
    tap.end({ code: 0, signal: null });
    expect(sink.calls).toEqual([]);
    expect(sink.lines.filter((line) => line.startsWith('stream'))).toEqual([
      ...Array(3).fill('stream opened listen'),
      ...Array(3).fill('stream closed listen 3600000'),
    ]);
    expect(sink.pending).toBe(0);
  });

  it('lets a request that takes the id of another supersede it', () => {
    const { client, server, sink } = drive();
    client(toolCall(1, 'a'));
    client(toolCall(1, 'b'));
    server(result(1));
    expect(sink.summary()).toEqual(['tools/call a other duplicate_id client', 'tools/call b ok']);
    expect(sink.pending).toBe(0);
  });

  it('stops waiting when the server withdraws its question, and counts a repeated one once', () => {
    const { client, server, clock, sink } = drive();
    client(toolCall(1));
    server({ jsonrpc: '2.0', id: 'q', method: 'elicitation/create' });
    server({ jsonrpc: '2.0', id: 'q', method: 'elicitation/create' });
    clock.advance(1000);
    server({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'q' } });
    clock.advance(9000);
    server(result(1));
    expect(sink.calls[0]).toMatchObject({ durationMs: 10_000, clientWaitMs: 1000 });
    expect(sink.lines).toContain('wait elicitation 1000');
  });
});
