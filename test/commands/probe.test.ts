import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { probe } from '../../src/commands/probe.ts';
import { startEverything, type UpstreamServer } from '../harness/servers.ts';
import { sendResult, startHandMcp } from '../probes/hand-mcp.ts';

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const written = Promise.all([text(stdout), text(stderr)]);
  const code = await probe(argv, { stdout, stderr, env: {} });
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { code, stdout: out, stderr: err };
}

const folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-probe-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a configuration file and gives the flags that name it. */
function configOf(list: readonly Record<string, unknown>[], more: Record<string, unknown> = {}): string[] {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, stringify({ probes: { list, ...more } }));
  return ['--config', file];
}

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

describe('mcp-vitals probe', () => {
  let server: UpstreamServer;
  let url: string;
  beforeAll(async () => {
    server = await startEverything('streamableHttp');
    url = `${server.url}/mcp`;
  }, 60_000);
  afterAll(() => server.stop());

  it('of a URL shakes hands, and shows what was said and how long it took', async () => {
    const { code, stdout, stderr } = await run(url);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/ms {2}>> #1 POST http:\/\/127\.0\.0\.1:\d+\/mcp\n/);
    expect(stdout).toMatch(/ms {2}<< #\d+ HTTP 200\n/);
    expect(stdout).toMatch(/ms {2}>> #\d+ DELETE http/);
    expect(stdout).toMatch(/^state {7}up$/m);
    expect(stdout).toMatch(/^phases {6}connect .* ms, handshake .* ms, close .* ms$/m);
    expect(stdout).toMatch(/^server {6}mcp-servers\/everything 2\.0\.0, 2025-11-25$/m);
    expect(stdout).toContain('mcp-session-id: ***');
  });

  it('calls a tool of a URL', async () => {
    const { code, stdout } = await run(url, '--tool', 'get-sum', '--arguments', '{"a":2,"b":3}', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      probe: 'get-sum',
      outcome: 'success',
      attempts: 1,
      baselineMs: 280,
    });
    expect(stdout).toContain('The sum of 2 and 3 is 5');
  });

  it('runs a probe of the configuration by name, with exit code 1 where it fails', async () => {
    const config = configOf([{ name: 'echo', kind: 'tool', url, tool: 'echo', expect: { isError: false } }]);
    const { code, stdout } = await run('echo', ...config);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^state {7}down: tool_error: tool echo: /m);
  });

  it('says with exit code 3 that it took a second attempt', async () => {
    let calls = 0;
    const flaky = await startHandMcp({
      'tools/call': (response, { id }) => {
        calls += 1;
        if (calls === 1) response.writeHead(503).end();
        else sendResult(response, id, { content: [] });
      },
    });
    stops.push(flaky.stop);
    const config = configOf([{ name: 'flaky', kind: 'tool', url: flaky.mcpUrl, tool: 'x', retries: 1 }]);
    const { code, stdout } = await run('flaky', ...config);
    expect([code, /^state .*$/m.exec(stdout)?.[0]]).toEqual([
      3,
      'state       degraded: succeeded at attempt 2',
    ]);
  });

  it('records the list of tools, and then finds what changed', async () => {
    const tools = [{ name: 'a', inputSchema: { type: 'object' } }];
    const hand = await startHandMcp({
      'tools/list': (response, { id }) => sendResult(response, id, { tools }),
    });
    stops.push(hand.stop);
    const config = configOf([{ name: 'tools', kind: 'tools', url: hand.mcpUrl, snapshotFile: 'tools.json' }]);
    const file = join(folder, 'tools.json');
    expect((await run('tools', ...config)).code).toBe(0);
    expect(existsSync(file)).toBe(false);
    expect((await run('tools', '--accept', ...config)).stderr).toBe(`mcp-vitals: recorded in ${file}\n`);
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)).toEqual(['a']);
    tools.push({ name: 'b', inputSchema: { type: 'object' } });
    const { code, stdout } = await run('tools', ...config);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^state {7}down: schema_drift: tools: want the recorded list, got added: b$/m);
    expect((await run('tools', '--accept', ...config)).code).toBe(0);
    expect((await run('tools', ...config)).code).toBe(0);
  });

  it.each<[string[], string]>([
    [[], 'probe: want a URL or the name of a configured probe, got none'],
    [['nothing'], 'want a URL or the name of a probe, got "nothing" (none is configured)'],
    [['http://127.0.0.1:1/mcp', '--module', 'x'], '--module: want one of handshake, got "x"'],
    [
      ['http://127.0.0.1:1/mcp', '--tool', 'x', '--arguments', '['],
      '--arguments: want a JSON object, got something else',
    ],
    [
      ['http://127.0.0.1:1/mcp', '--tool', 'x', '--arguments', '[]'],
      '--arguments: want a JSON object, got another value',
    ],
    [['http://127.0.0.1:1/mcp', '--tool'], '--tool: want a value, got none'],
    [['http://127.0.0.1:1/mcp', '--listen', 'x'], 'listen.address'],
  ])('%j is wrong use', async (argv, problem) => {
    const { code, stdout, stderr } = await run(...argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(problem);
  });
});
