import { describe, expect, it } from '@jest/globals';
import { createStdioTap } from '../../src/taps/stdio-tap.ts';
import { defaultOptions, driveTap, manualClock, RecordingSink, result, toolCall } from './tap-driver.ts';
import type { TapDriver } from './tap-driver.ts';

const initialize = (client?: unknown): object => ({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    ...(client !== undefined && { clientInfo: client }),
  },
});
const initialized = { jsonrpc: '2.0', id: 0, result: { protocolVersion: '2025-11-25' } };

function open({ post }: TapDriver, id: string, client?: unknown): void {
  post(initialize(client)).json(initialized, 200, { 'mcp-session-id': id });
}

describe('the client of a session', () => {
  it.each<[string, unknown, string | undefined]>([
    ['its name', { name: 'cursor', version: '1.2' }, 'cursor'],
    ['a name that is made fit for a label', { name: 'run\n1732690000000' }, 'run :id'],
    ['nothing', undefined, undefined],
    ['something else', { name: 7 }, undefined],
  ])('is introduced where initialize says %s', (_, client, name) => {
    const driver = driveTap();
    open(driver, 's1', client);
    expect(driver.sink.introduced).toEqual([name]);
  });

  it('is not known of a session that was opened unseen', () => {
    const driver = driveTap();
    driver.post(toolCall(1), { 'mcp-session-id': 's1' }).json(result(1));
    expect(driver.sink.introduced).toEqual([undefined]);
    expect([...driver.tap.census().byClient]).toEqual([['unknown', { active: 1, silent: 0 }]]);
  });

  it('is introduced on HTTP+SSE when it says its name, at the latest when its stream ends', () => {
    const { get, post, sink } = driveTap();
    const named = get({}, '/sse');
    named.sse();
    named.body('event: endpoint\ndata: /message?sessionId=a\n\n');
    expect(sink.introduced).toEqual([]);
    post(initialize({ name: 'cursor' }), {}, '/message?sessionId=a').answer(202, {});
    post(initialize({ name: 'another' }), {}, '/message?sessionId=a').answer(202, {});
    expect(sink.introduced).toEqual(['cursor']);
    const silent = get({}, '/sse');
    silent.sse();
    silent.body('event: endpoint\ndata: /message?sessionId=b\n\n');
    silent.end();
    named.end();
    expect(sink.introduced).toEqual(['cursor', undefined]);
  });

  it('is introduced over pipes, of either era', () => {
    const { introduced, tap } = pipes();
    tap.clientToServer(Buffer.from(`${JSON.stringify(initialize({ name: 'claude' }))}\n`));
    expect(introduced).toEqual(['claude']);
    expect(tap.census().byClient).toEqual(new Map([['claude', { active: 1, silent: 0 }]]));
    tap.end({ code: 0, signal: null });
    expect([introduced, tap.census().active]).toEqual([['claude'], 0]);
    const modern = pipes();
    const meta = { 'io.modelcontextprotocol/clientInfo': { name: 'modern' } };
    modern.tap.clientToServer(
      Buffer.from(`${JSON.stringify({ id: 1, method: 'tools/list', params: { _meta: meta } })}\n`),
    );
    expect(modern.introduced).toEqual(['modern']);
  });
});

function pipes() {
  const sink = new RecordingSink();
  const tap = createStdioTap(() => defaultOptions, sink, manualClock());
  return { tap, introduced: sink.introduced };
}

describe('the census of sessions', () => {
  const MINUTE = 60_000;
  const HOUR = 60 * MINUTE;

  it('counts by age, silence and client', () => {
    const driver = driveTap({ sessionIdleTimeoutMs: 0 });
    const at: [id: string, hoursBefore: number, client: string][] = [
      ['a', 30, 'cursor'],
      ['b', 24, 'cursor'],
      ['c', 7, 'claude'],
      ['d', 1, 'claude'],
      ['e', 0.5, 'claude'],
      ['f', 0, 'cursor'],
    ];
    const stream = () => driver.get({ 'mcp-session-id': 'b' });
    let now = 30;
    for (const [id, before, name] of at) {
      driver.clock.advance((now - before) * HOUR);
      now = before;
      open(driver, id, { name });
      // One with an open stream is not silent, however long nothing is said.
      if (id === 'b') stream().sse();
    }
    const { active, silent, byAge, byClient } = driver.tap.census();
    expect([active, silent]).toEqual([6, 3]);
    expect(Object.fromEntries(byAge)).toEqual({ lt_5m: 1, lt_1h: 1, lt_6h: 1, lt_24h: 1, ge_24h: 2 });
    expect(Object.fromEntries(byClient)).toEqual({
      cursor: { active: 3, silent: 1 },
      claude: { active: 3, silent: 2 },
    });
  });

  it('of no session has every age at zero', () => {
    expect([...driveTap().tap.census().byAge.values()]).toEqual([0, 0, 0, 0, 0]);
  });
});
