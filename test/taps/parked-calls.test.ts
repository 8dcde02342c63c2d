import { describe, expect, it } from '@jest/globals';
import { driveTap, result, toolCall } from './tap-driver.ts';

const LIMIT_MS = 300_000;
const SESSION = { 'mcp-session-id': 's1' };
const progress = {
  jsonrpc: '2.0',
  method: 'notifications/progress',
  params: { progressToken: 1, progress: 1 },
};
const question = { jsonrpc: '2.0', id: 'q1', method: 'elicitation/create', params: {} };

describe('parked calls', () => {
  it('are those on an open stream that waited for longer than the limit', () => {
    const { post, clock, tap } = driveTap();
    const call = post(toolCall(1));
    call.sse();
    call.body(': keep-alive\n\n');
    clock.advance(LIMIT_MS);
    expect(tap.callsParked()).toBe(0);
    call.body(': keep-alive\n\n');
    clock.advance(1);
    expect(tap.callsParked()).toBe(1);
    call.event(result(1));
    expect(tap.callsParked()).toBe(0);
  });

  it('are not those whose answer has no head yet, or comes in one piece', () => {
    const { post, clock, tap } = driveTap();
    post(toolCall(1));
    post(toolCall(2)).head(200, { 'content-type': 'application/json' });
    clock.advance(LIMIT_MS + 1);
    expect(tap.callsParked()).toBe(0);
  });

  it('are not those that are worked at, or wait for their client', () => {
    const { post, clock, tap } = driveTap();
    post({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {} }).json(
      { jsonrpc: '2.0', id: 0, result: {} },
      200,
      SESSION,
    );
    const working = post(toolCall(1), SESSION);
    const asking = post(toolCall(2), SESSION);
    for (const call of [working, asking]) call.sse();
    asking.event(question);
    clock.advance(LIMIT_MS);
    working.event(progress);
    clock.advance(LIMIT_MS);
    expect(tap.callsParked()).toBe(0);
    // The person has answered: from now on the server owes something again.
    post({ jsonrpc: '2.0', id: 'q1', result: {} }, SESSION).answer(202, {});
    clock.advance(1);
    expect(tap.callsParked()).toBe(1);
    clock.advance(LIMIT_MS);
    expect(tap.callsParked()).toBe(2);
  });

  it('are not those whose stream was cut, nor subscriptions', () => {
    const { post, clock, tap } = driveTap({ resumeTimeoutMs: 3_600_000 });
    post({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {} }).json(
      { jsonrpc: '2.0', id: 0, result: {} },
      200,
      SESSION,
    );
    const cut = post(toolCall(1), SESSION);
    cut.sse();
    cut.event('', 'id: 1\n');
    cut.end('client_gone');
    post({ jsonrpc: '2.0', id: 2, method: 'subscriptions/listen', params: {} }).sse();
    clock.advance(LIMIT_MS + 1);
    expect(tap.callsParked()).toBe(0);
  });

  it('are told on HTTP+SSE, too, where the stream is the session', () => {
    const { get, post, clock, tap } = driveTap();
    const stream = get({}, '/sse');
    stream.sse();
    stream.body('event: endpoint\ndata: /message?sessionId=a\n\n');
    post(toolCall(1), {}, '/message?sessionId=a').answer(202, {});
    clock.advance(LIMIT_MS);
    stream.event(progress);
    clock.advance(LIMIT_MS);
    expect(tap.callsParked()).toBe(0);
    clock.advance(1);
    expect(tap.callsParked()).toBe(1);
    stream.end();
    expect(tap.callsParked()).toBe(0);
  });

  it('are unknown where nobody says how long is too long', () => {
    expect(driveTap({ parkedAfterMs: 0 }).tap.callsParked()).toBeUndefined();
  });
});
