import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import autocannon from 'autocannon';
import type { BenchReport } from '../../src/bench/bench-report.ts';
import { eventually } from '../harness/eventually.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import type { UpstreamServer } from '../harness/servers.ts';
import { runProcess, startProcess } from '../harness/start-process.ts';
import { startKnown, truthOf } from './known-server.ts';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const commandLine = (...argv: string[]) => ({
  command: process.execPath,
  args: [inRepository('src', 'main.ts'), 'bench', ...argv],
});
const WRK = '/usr/bin/wrk';

describe('Ctrl-C', () => {
  let server: UpstreamServer;
  beforeAll(async () => {
    server = await startKnown();
  });
  afterAll(async () => {
    await server.stop();
  });

  it('ends a run with a report of what there is, and its sessions', async () => {
    const file = join(folder, 'partial.json');
    const argv = ['--rate', '100', '--for', '10m', '--users', '20', '--warm-up', '0s', '--output', file];
    const run = await startProcess(commandLine(`${server.url}/mcp`, ...argv));
    await eventually(async () => expect((await truthOf(server)).calls).toBeGreaterThan(150));
    expect((await truthOf(server)).sessions).toBeGreaterThan(15);
    run.signal('SIGINT');
    const { code } = await run.exited;
    expect(code).toBe(1);
    const report: BenchReport = JSON.parse(readFileSync(file, 'utf8'));
    expect(report.runs[0]?.end).toEqual({
      how: 'interrupted',
      why: expect.stringMatching(/^Ctrl-C after \d+ s$/),
    });
    expect(report.runs[0]?.requests).toBeGreaterThan(50);
    expect(report.runs[0]).toMatchObject({ errors: {}, sessions: { opened: 20, closed: 20, failed: 0 } });
    expect(run.stdout()).toContain('Ctrl-C after');
    expect((await truthOf(server)).sessions).toBe(0);
  });

  it('ends the program at once when it comes a second time', async () => {
    const slow = await startKnown('--service-ms', '60000');
    const argv = ['--rate', '10', '--for', '10m', '--users', '2', '--warm-up', '0s', '--tools', 'get_user'];
    const run = await startProcess(commandLine(`${slow.url}/mcp`, ...argv));
    await eventually(async () => expect((await truthOf(slow)).calls).toBeGreaterThan(5), 30_000);
    run.signal('SIGINT');
    await sleep(300);
    run.signal('SIGINT');
    expect(await run.exited).toMatchObject({ code: null, signal: 'SIGINT' });
    await slow.stop();
  });
});

describe('what cannot be', () => {
  it.each([
    [
      ['http://93.184.216.34/mcp'],
      2,
      /^mcp-vitals: 93\.184\.216\.34: want a loopback or private address, or --yes-i-own-this-server/m,
    ],
    [
      ['http://127.0.0.1:1/mcp'],
      1,
      /^mcp-vitals: http:\/\/127\.0\.0\.1:1\/mcp: want an answer, got no connection \(connection refused\)$/m,
    ],
    [
      ['--profile', 'sustaned'],
      2,
      /^mcp-vitals: --profile: want one of light, .*, did you mean sustained\?/m,
    ],
    [['--usres', '5'], 2, /^mcp-vitals: --usres: unknown flag, did you mean --users\?/m],
  ])('%j ends with code %i and one clear line', async (argv, code, line) => {
    const run = await runProcess(commandLine(...argv));
    expect(run).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(line) });
  });
});

describeWith(WRK, 'install wrk')('the same load by bench, autocannon and wrk', () => {
  it('comes to the same throughput and the same latency', async () => {
    // So slow that it is the server's time that is measured, not the machine's.
    const server = await startKnown('--service-ms', '50');
    const url = `${server.url}/mcp`;
    const body = JSON.stringify({
      method: 'tools/call',
      params: { name: 'get_user', arguments: {} },
      jsonrpc: '2.0',
      id: 1,
    });
    try {
      const out = join(folder, 'agreement.json');
      const argv = [
        '--for',
        '4s',
        '--users',
        '20',
        '--warm-up',
        '1s',
        '--tools',
        'get_user',
        '--output',
        out,
      ];
      expect((await runProcess(commandLine(url, ...argv))).code).toBe(0);
      const report: BenchReport = JSON.parse(readFileSync(out, 'utf8'));
      const ours = {
        perSecond: report.runs[0]?.throughputPerSecond ?? 0,
        p50Ms: report.runs[0]?.latency?.p50Ms ?? 0,
      };

      const cannon = await autocannon({
        url,
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
        connections: 20,
        duration: 4,
      });
      const script = join(folder, 'post.lua');
      writeFileSync(
        script,
        `wrk.method = "POST"\nwrk.body = [[${body}]]\nwrk.headers["Content-Type"] = "application/json"\n`,
      );
      const wrk = await runProcess({
        command: WRK,
        args: ['-c20', '-t1', '-d4s', '--latency', '-s', script, url],
      });
      const wrkPerSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(wrk.stdout)?.[1]);
      const wrkP50Ms = Number(/50%\s+([\d.]+)ms/.exec(wrk.stdout)?.[1]);

      for (const theirs of [
        { perSecond: cannon.requests.average, p50Ms: cannon.latency.p50 },
        { perSecond: wrkPerSecond, p50Ms: wrkP50Ms },
      ]) {
        expect(ours.perSecond / theirs.perSecond).toBeGreaterThan(0.75);
        expect(ours.perSecond / theirs.perSecond).toBeLessThan(1.33);
        expect(ours.p50Ms / theirs.p50Ms).toBeGreaterThan(0.75);
        expect(ours.p50Ms / theirs.p50Ms).toBeLessThan(1.33);
      }
    } finally {
      await server.stop();
    }
  });
});
