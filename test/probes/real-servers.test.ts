import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Expectation, ProbeCheck, ProbeDefinition, ProbeEra, ProbeStep } from '../../src/model/probe.ts';
import { describeWith } from '../harness/requirement.ts';
import {
  startEverything,
  startFastMcp,
  startFullServer,
  startMcpProxy,
  stdioServers,
  venvPython,
  type UpstreamServer,
} from '../harness/servers.ts';
import { callOf, handshake, httpProbeOf, reasonOf, run, stdioProbeOf } from './probe-definition.ts';

const tool = (name: string, args: Record<string, unknown>, expectation: Expectation): ProbeCheck => ({
  kind: 'tool',
  tool: name,
  arguments: args,
  expect: expectation,
});

const step = (action: ProbeStep['action'], more: Partial<ProbeStep> = {}): ProbeStep => ({
  action,
  expect: {},
  capture: {},
  ...more,
});

/** Probes of the reference server, over whatever transport. */
const ofEverything: [string, ProbeCheck, string][] = [
  [
    'its handshake',
    { kind: 'handshake', capabilities: ['tools', 'resources', 'prompts'], serverName: /everything/ },
    'none',
  ],
  ['its version', { kind: 'handshake', capabilities: [], protocolVersion: '2024-11-05' }, 'assertion'],
  ['its list of tools', { kind: 'tools', failOn: [], require: ['echo', 'get-sum'] }, 'none'],
  ['a tool that is not in it', { kind: 'tools', failOn: [], require: ['drop-tables'] }, 'assertion'],
  ['a tool', tool('echo', { message: 'hello' }, { matches: /Echo: hello/, maxBytes: 1000 }), 'none'],
  [
    'structured content',
    tool(
      'get-structured-content',
      { location: 'New York' },
      {
        outputSchema: true,
        json: [
          { path: '$.structuredContent.temperature', exists: true },
          { path: '$.json.conditions', matches: /./ },
        ],
      },
    ),
    'none',
  ],
  ['a tool without a schema', tool('echo', { message: 'hello' }, { outputSchema: true }), 'assertion'],
  ['a tool error', callOf('echo'), 'tool_error'],
  ['an expected tool error', tool('echo', {}, { isError: true }), 'none'],
  [
    'a resource',
    { kind: 'resource', uri: 'demo://resource/static/document/features.md', expect: { minBytes: 100 } },
    'none',
  ],
  ['a resource that is not there', { kind: 'resource', uri: 'demo://nothing', expect: {} }, 'rpc_error'],
  [
    'a prompt',
    { kind: 'prompt', prompt: 'args-prompt', arguments: { city: 'Paris' }, expect: { matches: /Paris/ } },
    'none',
  ],
  [
    'a sequence',
    {
      kind: 'sequence',
      steps: [
        step({ tool: 'get-sum', arguments: { a: 2, b: 3 } }, { capture: { text: '$.content[0].text' } }),
        step(
          { tool: 'echo', arguments: { message: '{{text}}' } },
          { expect: { matches: /sum of 2 and 3 is 5/ } },
        ),
        step(
          { list: 'prompts' },
          { expect: { json: [{ path: "$.prompts[?@.name=='args-prompt']", exists: true }] } },
        ),
      ],
    },
    'none',
  ],
];

describe('the reference server', () => {
  let http: UpstreamServer;
  let sse: UpstreamServer;
  beforeAll(async () => {
    [http, sse] = await Promise.all([startEverything('streamableHttp'), startEverything('sse')]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([http.stop(), sse.stop()]);
  });

  it.each(ofEverything)('over Streamable HTTP: %s', async (_, check, reason) => {
    const result = await run(httpProbeOf(`${http.url}/mcp`, check));
    expect({ reason: reasonOf(result), message: result.failure?.message }).toEqual({
      reason,
      message: reason === 'none' ? undefined : expect.any(String),
    });
    // The phases are what the duration is made of.
    const { close: _close, ...phases } = result.phases;
    const sum = Object.values(phases).reduce((total, ms) => total + ms, 0);
    expect(sum).toBeLessThanOrEqual(result.durationMs + 1);
  });

  it.each(ofEverything)('over HTTP+SSE: %s', async (_, check, reason) => {
    const definition = httpProbeOf(`${sse.url}/sse`, check, { target: { transport: 'sse' } });
    expect(reasonOf(await run(definition))).toBe(reason);
  });

  it.each(ofEverything.filter(([name]) => ['its handshake', 'a tool', 'a sequence'].includes(name)))(
    'over pipes: %s',
    async (_, check, reason) => {
      expect(reasonOf(await run(stdioProbeOf(stdioServers.everything, check)))).toBe(reason);
    },
  );

  it('negotiates down to the legacy era, and cannot be pinned to the modern one', async () => {
    const auto = await run(httpProbeOf(`${http.url}/mcp`, handshake, { era: 'auto' }));
    expect([reasonOf(auto), auto.protocolVersion]).toEqual(['none', '2025-11-25']);
    expect(reasonOf(await run(httpProbeOf(`${http.url}/mcp`, handshake, { era: 'modern' })))).toBe(
      'protocol',
    );
  });

  it('is degraded where it takes a second attempt', async () => {
    // The second attempt finds what the first one did not: a server that has come up meanwhile.
    const late = { kinds: { handshake: flakyOnce() } };
    const result = await run(httpProbeOf(`${http.url}/mcp`, handshake, { retries: 2 }), late);
    expect([reasonOf(result), result.attempts]).toEqual(['none', 2]);
  });
});

function flakyOnce() {
  let attempts = 0;
  return async (): Promise<void> => {
    attempts += 1;
    if (attempts === 1) throw new Error('not yet');
  };
}

describe('servers over pipes', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-files-'));
    writeFileSync(join(folder, 'hello.txt'), 'hello file');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('server-memory: a sequence that uses what it created', async () => {
    const env = { MEMORY_FILE_PATH: join(folder, 'memory.json') };
    const entity = { name: 'Ada', entityType: 'person', observations: ['wrote a program'] };
    const definition = stdioProbeOf(stdioServers.memory, {
      kind: 'stdio',
      steps: [
        step(
          { tool: 'create_entities', arguments: { entities: [entity] } },
          { capture: { name: '$.structuredContent.entities[0].name' } },
        ),
        step(
          { tool: 'search_nodes', arguments: { query: '{{name}}' } },
          { expect: { matches: /wrote a program/, outputSchema: true } },
        ),
        step({ tool: 'delete_entities', arguments: { entityNames: ['{{name}}'] } }),
      ],
    });
    const result = await run({ ...definition, target: { over: 'stdio', command: stdioServers.memory, env } });
    expect(result.failure).toBeUndefined();
    expect(Object.keys(result.phases)).toEqual(['start', 'handshake', 'first_message', 'answer', 'close']);
  });

  it('server-filesystem: a file', async () => {
    const check = tool('read_text_file', { path: join(folder, 'hello.txt') }, { matches: /hello file/ });
    expect((await run(stdioProbeOf(stdioServers.filesystem(folder), check))).failure).toBeUndefined();
  });

  it('a server of both eras: each of them', async () => {
    for (const era of ['legacy', 'modern', 'auto'] as const) {
      const result = await run(stdioProbeOf(stdioServers.full, handshake, { era }));
      expect([era, reasonOf(result), result.protocolVersion]).toEqual([
        era,
        'none',
        era === 'legacy' ? '2025-11-25' : '2026-07-28',
      ]);
    }
  });
});

/** The three ways to agree on a version with a server that knows both eras. */
const eras: [ProbeEra, string][] = [
  ['legacy', '2025-11-25'],
  ['modern', '2026-07-28'],
  ['auto', '2026-07-28'],
];

describe.each<[string, () => Promise<UpstreamServer>, (url: string) => ProbeDefinition]>([
  ['our own server', startFullServer, (url) => httpProbeOf(url, { kind: 'tools', failOn: [], require: [] })],
  [
    'mcp-proxy before a stdio server',
    () => startMcpProxy(stdioServers.everything),
    (url) => httpProbeOf(url, tool('echo', { message: 'x' }, { matches: /x/ })),
  ],
])('%s', (_, start, definitionOf) => {
  let server: UpstreamServer;
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.stop());

  it.each(eras)('in the era %s', async (era, version) => {
    const result = await run({ ...definitionOf(`${server.url}/mcp`), era });
    expect({ failure: result.failure, version: result.protocolVersion }).toEqual({
      failure: undefined,
      version,
    });
  });
});

describeWith(venvPython, 'install fastmcp and uvicorn in .cache/venv')('FastMCP (Python)', () => {
  let server: UpstreamServer;
  beforeAll(async () => {
    server = await startFastMcp();
  }, 90_000);
  afterAll(() => server.stop());

  it.each(['legacy', 'auto'] as const)('in the era %s', async (era) => {
    const check: ProbeCheck = { kind: 'tools', failOn: [], require: [] };
    const result = await run(httpProbeOf(`${server.url}/mcp`, check, { era }));
    expect(result.failure).toBeUndefined();
    expect(Object.keys(result.tools ?? {}).length).toBeGreaterThan(0);
  });
});
