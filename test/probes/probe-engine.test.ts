import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/model/clock.ts';
import type { ScheduledProbe } from '../../src/model/probe.ts';
import { createProbeEngine, type RecordStore } from '../../src/probes/probe-engine.ts';
import { emptyRecord, encodeRecord, decodeRecord, withResult } from '../../src/probes/probe-history.ts';
import { eventually } from '../harness/eventually.ts';
import { sendResult, startHandMcp } from './hand-mcp.ts';
import { callOf, httpProbeOf } from './probe-definition.ts';
import type { ProbeResult } from '../../src/model/probe-result.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A store in memory. */
function createStore(files = new Map<string, Uint8Array>()) {
  const aside: string[] = [];
  const store: RecordStore = {
    readState: async (name) => files.get(name),
    writeState: async (name, bytes) => void files.set(name, bytes),
    setAside: async (name, why) => void aside.push(`${name}: ${why}`),
  };
  return { files, aside, store };
}

function startEngine(store: RecordStore) {
  const engine = createProbeEngine({
    clock: systemClock,
    env: {},
    store,
    baselineMs: () => 100,
    readTools: async () => undefined,
    on: {
      result: () => {},
      skip: () => {},
      lateness: () => {},
      known: () => {},
      gone: () => {},
      error: (error) => {
        throw error;
      },
    },
  });
  stops.push(engine.stop);
  return engine;
}

const scheduled = (definition: ScheduledProbe['definition']): ScheduledProbe => ({
  definition,
  schedule: {
    every: { intervalMs: 1000 },
    jitterMs: 0,
    failureThreshold: 1,
    successThreshold: 1,
    enabled: true,
  },
});

describe('the engine', () => {
  it('keeps what it knows of a probe across a restart', async () => {
    const server = await startHandMcp({
      'tools/call': (response, { id }) =>
        sendResult(response, id, { isError: true, content: [{ type: 'text', text: 'out of order' }] }),
    });
    stops.push(server.stop);
    const probe = scheduled(httpProbeOf(server.mcpUrl, callOf('get_user'), { name: 'user' }));
    const { files, store } = createStore();
    const first = startEngine(store);
    await first.apply([probe], []);
    await eventually(() => expect(first.detail('user')?.runs.length).toBeGreaterThan(0));
    await first.stop();
    const before = first.detail('user');
    expect([...files.keys()]).toEqual(['probe-user.json']);

    const second = startEngine(store);
    await second.apply(
      [{ ...probe, schedule: { ...probe.schedule, every: { intervalMs: 3_600_000 }, enabled: false } }],
      [],
    );
    const after = second.detail('user');
    expect(after?.state).toBe('down');
    expect(after?.runs).toEqual(before?.runs);
    expect(after?.failures[0]?.failure).toEqual({
      reason: 'tool_error',
      message: 'tool get_user: out of order',
    });
    expect(JSON.stringify(after?.failures[0]?.transcript)).toContain('out of order');
    expect(after?.last?.baselineMs).toBe(100);
  });

  it('begins anew where the file is damaged', async () => {
    const { aside, store } = createStore(
      new Map([['probe-user.json', Buffer.from('{"version":1,"runs":[{}]}')]]),
    );
    const engine = startEngine(store);
    await engine.apply([scheduled(httpProbeOf('http://127.0.0.1:1/mcp', callOf('x'), { name: 'user' }))], []);
    expect(aside).toEqual([expect.stringMatching(/^probe-user\.json: count: /)]);
    expect(engine.list().map(({ name }) => name)).toEqual(['user']);
  });

  it('says of a probe that was taken out nothing more', async () => {
    const engine = startEngine(createStore().store);
    await engine.apply([scheduled(httpProbeOf('http://127.0.0.1:1/mcp', callOf('x'), { name: 'user' }))], []);
    await engine.apply([], []);
    await sleep(20);
    expect(engine.list()).toEqual([]);
    expect(engine.detail('user')).toBeUndefined();
    expect(engine.setEnabled('user', false)).toBe(false);
  });

  it('takes a new list of tools as the recorded one when it is told to', async () => {
    const tools = [{ name: 'a', inputSchema: { type: 'object' } }];
    const server = await startHandMcp({
      'tools/list': (response, { id }) => sendResult(response, id, { tools }),
    });
    stops.push(server.stop);
    const engine = startEngine(createStore().store);
    const check = { kind: 'tools', failOn: ['added'], require: [] } as const;
    await engine.apply([scheduled(httpProbeOf(server.mcpUrl, check, { name: 'tools' }))], []);
    expect(engine.acceptTools('tools')).toBe(false);
    await eventually(() => expect(engine.detail('tools')?.state).toBe('up'));
    tools.push({ name: 'b', inputSchema: { type: 'object' } });
    await eventually(() => expect(engine.detail('tools')?.lastRun?.reason).toBe('schema_drift'));
    expect(engine.detail('tools')?.drift?.added).toEqual(['b']);
    expect(engine.acceptTools('tools')).toBe(true);
    await eventually(() => expect(engine.detail('tools')?.state).toBe('up'));
  });
});

describe('a record', () => {
  const result = (n: number, failed: boolean): ProbeResult => ({
    startedWallMs: n,
    durationMs: 1,
    attempts: 1,
    phases: { handshake: 1 },
    ...(failed && { failure: { reason: 'timeout', message: `run ${n}` } }),
    transcript: { entries: [{ atMs: 0, type: 'note', text: 'a' }], dropped: 0 },
  });
  const thresholds = { failureThreshold: 1, successThreshold: 1 };

  it('holds the last 100 runs and the last 20 failures, and is read as it was written', () => {
    let record = emptyRecord;
    for (let n = 1; n <= 250; n += 1) record = withResult(record, result(n, n % 3 === 0), thresholds);
    expect(record.runs.map(({ startedWallMs }) => startedWallMs)).toEqual(
      Array.from({ length: 100 }, (_, i) => 250 - i),
    );
    expect(record.failures).toHaveLength(20);
    expect(record.failures[0]?.startedWallMs).toBe(249);
    expect(decodeRecord(encodeRecord(record))).toEqual(JSON.parse(JSON.stringify(record)));
  });
});
