import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { demo } from '../../src/commands/demo.ts';
import { eventually } from '../harness/eventually.ts';
import { select } from '../harness/exposition.ts';
import { scrape } from '../harness/scrape.ts';

async function run(
  argv: readonly string[],
  onOutput: (soFar: string) => void = () => undefined,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdout = new PassThrough();
  let soFar = '';
  stdout.on('data', (chunk: Buffer) => onOutput((soFar += chunk.toString())));
  const stderr = new PassThrough();
  const written = Promise.all([text(stdout), text(stderr)]);
  const code = await demo(argv, { stdout, stderr, env: {} });
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { code, stdout: out, stderr: err };
}

describe('mcp-vitals demo', () => {
  it('measures its own traffic for the time given, sums it up, and ends with 0', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => {
      blocker.listen(0, '127.0.0.1', resolve);
    });
    const address = blocker.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    // Of the user's own shell, and of no concern to the demo.
    process.env['PORT'] = String(taken);
    const { promise: announced, resolve: announce } = Promise.withResolvers<string>();
    const running = run(
      ['--for=16s', '--rate', '25', '--listen', `127.0.0.1:${taken}`, '--admin', '127.0.0.1:0'],
      (soFar) => {
        const [, url] = /Metrics on (http\S+)/.exec(soFar) ?? [];
        if (url !== undefined && soFar.includes('Ready after')) announce(url);
      },
    );
    // All five documented metrics are alive, on a machine that has nothing but Node.
    const metricsUrl = await announced;
    await eventually(async () => {
      const samples = await scrape(metricsUrl);
      const alive = (name: string, label: string) =>
        [...new Set(select(samples, name).map(({ labels }) => labels[label] ?? ''))].toSorted((a, b) =>
          a.localeCompare(b),
        );
      expect(alive('request_duration_seconds_count', 'endpoint')).toContain('get_user');
      expect(alive('requests_per_second', 'instance')).toHaveLength(1);
      expect(alive('database_query_duration_seconds_count', 'query_type')).toEqual(
        expect.arrayContaining(['insert', 'select']),
      );
      expect(alive('cache_hit_rate', 'cache_type')).toEqual(['l1', 'postgres']);
      expect(alive('connection_pool_usage', 'pool_type')).toEqual(['database']);
      expect(alive('mcp_process_memory_bytes', 'kind')).toHaveLength(1);
    });
    const { code, stdout, stderr } = await running;
    delete process.env['PORT'];
    blocker.close();
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain(`listen: port ${taken} is taken, so a free one is used`);
    expect(stdout).toMatch(/(?:^listen: .*\n)?^Status page on http:.*\nStarting/m);
    expect(stdout).toMatch(/Metrics on http:\/\/127\.0\.0\.1:\d+\/metrics/);
    expect(stdout).toMatch(/^ 0:\d\d {2}.* requests\/s {2}P50 /m);
    const calls = Number(/Measured (\d+) tool calls/.exec(stdout)?.[1]);
    expect(calls).toBeGreaterThan(50);
    for (const tool of ['get_user', 'process_batch']) {
      expect(stdout).toMatch(new RegExp(String.raw`^ {2}${tool}\s+\d+\s`, 'm'));
    }
    expect(stdout).toMatch(/^ {2}database {2}\S+ queries\/s {2}P50 \S+ P99 \S+ ms {2}errors 0/m);
    expect(stdout).toMatch(/^ {2}caches {4}l1 \S+ % {3}postgres \S+ %$/m);
    expect(stdout).toMatch(/^ {2}process {3}\S+ CPU/m);
    for (const probe of ['handshake-legacy', 'handshake-modern', 'tools', 'get-user', 'report']) {
      expect(stdout).toMatch(new RegExp(String.raw`^ {2}${probe} +up +\S+ ms {2}`, 'm'));
    }
    // Every session was ended by its client.
    const [, opened, closed] = /0 active \((\d+) opened, (\d+) closed\)/.exec(stdout) ?? [];
    expect(Number(opened)).toBeGreaterThanOrEqual(4);
    expect(closed).toBe(opened);
  }, 90_000);

  it('breaks on request what its probes then find', async () => {
    const addresses = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'];
    const { stdout, stderr } = await run(['--for', '11s', '--rate', '5', '--break', 'tool', ...addresses]);
    expect(stdout).toContain('Broken on request: generate_report answers each call with an error of its own');
    expect(stdout).toMatch(/^ {2}report +down +\S+ ms {2}tool_error: tool generate_report/m);
    expect(stdout).toMatch(/^ {2}get-user +up /m);
    expect(stderr).toMatch(/probe report is down: tool_error: /);
  }, 90_000);

  it.each([
    [
      ['--break', 'everything'],
      '--break: want some of sessions, memory, tool, separated by commas, got everything',
    ],
    [['--for', 'soon'], '--for: want a duration such as 30s or 5m, got "soon"'],
    [['--for', '0s'], '--for: want a duration such as 30s or 5m, got "0s"'],
    [['--rate', 'fast'], '--rate: want calls a second, above 0 and at most 1000, got fast'],
    [
      ['--break', 'sessions,everything'],
      '--break: want some of sessions, memory, tool, separated by commas, got sessions,everything',
    ],
    [['--rate', '0'], '--rate: want calls a second, above 0 and at most 1000, got 0'],
  ])('refuses %j before anything starts', async (argv, problem) => {
    expect(await run(argv)).toEqual({ code: 2, stdout: '', stderr: `mcp-vitals: ${problem}\n` });
  });

  it('refuses broken settings of the sidecar', async () => {
    const { code, stderr } = await run(['--listen', 'nowhere']);
    expect(code).toBe(2);
    expect(stderr).toContain('listen');
  });
});
