import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { eventually } from '../harness/eventually.ts';
import { startEverything, stdioServers, type UpstreamServer } from '../harness/servers.ts';
import { startSidecar, type Sidecar } from '../harness/sidecar.ts';

const TOKEN = 'admin-t0ken';

describe('probes beside a server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-probes-'));
  const file = join(folder, 'config.yaml');
  let server: UpstreamServer;
  let sidecar: Sidecar;

  const configure = (list: readonly object[]): void =>
    writeFileSync(
      file,
      stringify({
        state: { directory: 'state' },
        probes: {
          interval: '1s',
          jitter: '500ms',
          failureThreshold: 1,
          targets: [`${server.url}/mcp`],
          modules: [{ name: 'echo', kind: 'tool', tool: 'echo', arguments: { message: 'x' } }],
          list,
        },
      }),
    );
  const echo = { name: 'echo', kind: 'tool', url: '/mcp', tool: 'echo', arguments: { message: 'x' } };
  const broken = { name: 'broken', kind: 'tool', url: '/mcp', tool: 'echo', cron: '* * * * * *' };
  /** An argument that tells the process from others of its kind. */
  const mark = `started-by-${process.pid}`;
  const memory = { name: 'memory', kind: 'stdio', command: [...stdioServers.memory, mark] };
  const start = () => startSidecar(['--upstream', server.url, '-c', file], { MCP_VITALS_ADMIN_TOKEN: TOKEN });

  const ask = async (path: string, init: RequestInit = {}) =>
    fetch(`${sidecar.adminUrl}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${TOKEN}`, 'X-Prometheus-Scrape-Timeout-Seconds': '10' },
    });
  const metrics = async () => (await ask('/metrics')).text();

  beforeAll(async () => {
    server = await startEverything('streamableHttp');
    configure([echo, broken, memory]);
    sidecar = await start();
  }, 60_000);
  afterAll(async () => {
    await sidecar.stop();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it('run by themselves, and are metrics', async () => {
    await eventually(async () => {
      const page = await metrics();
      expect(page).toContain('probe_success{probe="echo"} 1');
      expect(page).toContain('probe_success{probe="memory"} 1');
      expect(page).toContain('probe_state{probe="broken",state="down"} 1');
      expect(page).toContain('probe_failure_reason{probe="broken",reason="tool_error"} 1');
      expect(page).toContain('probe_interval_seconds{probe="broken"} 1');
      expect(page).toContain('probe_baseline_latency_seconds{probe="echo"} 0.28');
      expect(page).toMatch(/probe_phase_duration_seconds\{probe="echo",phase="answer"\} 0\.\d+/);
      expect(page).toMatch(/probe_runs_total\{probe="echo",result="success"\} [1-9]/);
      expect(page).toMatch(/mcp_vitals_probe_schedule_lateness_seconds_count [1-9]/);
    });
    // They go to the server itself: what clients do stays apart.
    expect(await metrics()).not.toMatch(/^request_duration_seconds_count/m);
  });

  it('are pages and JSON', async () => {
    const page = await (await ask('/probes/broken')).text();
    expect(page).toMatch(
      /<dt>State<\/dt>\s*<dd><span class="verdict verdict-bad">[^]*?<\/svg>\s*down<\/span>/,
    );
    const { probes } = (await (await ask('/api/v1/probes')).json()) as { probes: { name: string }[] };
    expect(probes.map(({ name }) => name)).toEqual(['echo', 'broken', 'memory']);
    const { probes: shown } = (await (await ask('/api/v1/status')).json()) as { probes: { name: string }[] };
    expect(shown.map(({ name }) => name)).toEqual(['echo', 'broken', 'memory']);
  });

  it('are switched off and on', async () => {
    expect((await ask('/api/v1/probes/broken/disable', { method: 'POST' })).status).toBe(200);
    expect(await metrics()).not.toContain('probe_interval_seconds{probe="broken"}');
    expect((await ask('/api/v1/probes/broken/enable', { method: 'POST' })).status).toBe(200);
    expect(await metrics()).toContain('probe_interval_seconds{probe="broken"} 1');
  });

  it('are asked for with /probe, where the target is allowed', async () => {
    const probe = (target: string, more = '') =>
      ask(`/probe?target=${encodeURIComponent(target)}&module=echo${more}`);
    const page = await (await probe(`${server.url}/mcp`)).text();
    expect(page).toContain('probe_success{probe="echo"} 1');
    expect(page).not.toContain('probe_runs_total');
    const debug = await (await probe(`${server.url}/mcp`, '&debug=true')).text();
    expect(debug).toMatch(/^# state {7}up$/m);
    expect(debug).toMatch(/^# .*>> #\d+ DELETE /m);
    for (const target of ['http://127.0.0.1:1/mcp', `${server.url}/other`, 'http://169.254.169.254/latest']) {
      expect((await probe(target)).status).toBe(403);
    }
    expect((await probe('nonsense')).status).toBe(400);
  });

  it('follow a reload, and are remembered after a restart', async () => {
    configure([broken, { ...echo, name: 'renamed' }]);
    sidecar.signal('SIGHUP');
    await eventually(async () => {
      const page = await metrics();
      expect(page).toContain('probe_success{probe="renamed"} 1');
      expect(page).not.toMatch(/probe_(success|state|interval_seconds|phase_duration_seconds)\{probe="echo"/);
    });
    const before = (await (await ask('/api/v1/probes/broken')).json()) as {
      runs: { startedWallMs: number }[];
    };
    await sidecar.stop();
    expect(existsSync(join(folder, 'state', 'probe-broken.json'))).toBe(true);
    expect(readFileSync(join(folder, 'state', 'probe-broken.json'), 'utf8')).not.toContain(TOKEN);
    sidecar = await start();
    const after = (await (await ask('/api/v1/probes/broken')).json()) as typeof before & { state: string };
    expect(after.state).toBe('down');
    const times = new Set(after.runs.map(({ startedWallMs }) => startedWallMs));
    expect(times.has(before.runs.at(-1)?.startedWallMs ?? 0)).toBe(true);
  }, 30_000);

  it('leave no process behind when the sidecar ends', async () => {
    configure([memory]);
    sidecar.signal('SIGHUP');
    await eventually(async () => expect(await metrics()).toContain('probe_success{probe="memory"} 1'));
    await sidecar.stop();
    const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
    const left = processes.filter((args) => args.includes(mark));
    expect(left).toEqual([]);
    sidecar = await start();
  }, 30_000);
});
