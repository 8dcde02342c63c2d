import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { RecentHistory } from '../../src/history/recent-history.ts';
import { listenOn } from '../../src/model/listen-on.ts';
import type { SeriesAnswer } from '../../src/model/page-series.ts';
import { eventually } from '../harness/eventually.ts';
import { startPageSidecar, type PageSidecar } from '../harness/page-sidecar.ts';
import { createHandClock, type HandClock } from './detector-stage.ts';

jest.setTimeout(60_000);

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function start(clock: HandClock, flags: readonly string[] = []): Promise<PageSidecar> {
  const sidecar = await startPageSidecar(flags, { clock });
  stops.push(sidecar.stop);
  return sidecar;
}

/** Lets 15 seconds pass and takes what they came to. */
async function step({ page }: PageSidecar, clock: HandClock): Promise<void> {
  clock.pass(15_000);
  await page.tick();
}

async function series({ adminUrl }: PageSidecar, query: string): Promise<SeriesAnswer> {
  const answer = await fetch(`${adminUrl}/api/v1/series?${query}`);
  // The API's own test holds it against its schema.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (await answer.json()) as SeriesAnswer;
}

const START_MS = Date.UTC(2026, 0, 5);

describe('the history of the page', () => {
  it('counts each 15 seconds by themselves: rates from differences, nothing where nothing was called', async () => {
    const clock = createHandClock(START_MS);
    const sidecar = await start(clock);
    for (const calls of [30, 0, 15]) {
      for (let n = 0; n < calls; n++) await sidecar.call('search');
      await step(sidecar, clock);
    }
    const answer = await series(sidecar, 'names=request_rate,tool_rate/search,p99_ms&from=-45s');
    expect(answer.timesMs).toEqual([15, 30, 45].map((seconds) => START_MS + seconds * 1000));
    const [requests, tool, p99] = answer.series;
    expect(requests?.mean).toEqual([2, 0, 1]);
    expect(tool?.mean).toEqual([2, 0, 1]);
    expect(p99?.mean.map((value) => value === null)).toEqual([false, true, false]);
    expect([requests?.unit, p99?.unit]).toEqual(['per_second', 'ms']);
  });

  it.each([
    ['300 years before and after', 'from=-110000d&to=10000000000000&step=10000d'],
    ['one step longer than there has been time', 'from=-110000d&step=110000d'],
  ])('reads no more than it holds, though one asks for %s', async (_what, query) => {
    const clock = createHandClock(START_MS);
    const sidecar = await start(clock);
    await sidecar.call('search');
    await step(sidecar, clock);
    const read = jest.spyOn(RecentHistory.prototype, 'read');
    stops.push(async () => read.mockRestore());
    const { timesMs, series: found } = await series(sidecar, `names=request_rate,a,b&${query}`);
    expect(read).toHaveBeenCalledTimes(3);
    for (const { value } of read.mock.results) expect(value).toHaveLength(1);
    const [requests] = found;
    expect(requests?.max.filter((value) => value !== null)).toEqual([0.0666667]);
    expect(requests?.mean.length).toBe(timesMs.length);
    const at = requests?.max.findIndex((value) => value !== null) ?? -1;
    const [endMs = 0, lastEndMs = -Infinity] = [timesMs[at], timesMs[at - 1]];
    expect(lastEndMs < START_MS + 15_000 && START_MS + 15_000 <= endMs).toBe(true);
  });

  it('keeps a short peak however far one looks back', async () => {
    const clock = createHandClock(START_MS);
    const sidecar = await start(clock);
    for (let n = 0; n < 40; n++) {
      if (n === 20) for (let call = 0; call < 30; call++) await sidecar.call('search');
      await step(sidecar, clock);
    }
    const { series: columns } = await series(sidecar, 'names=request_rate&from=-10m&step=10m');
    expect(columns[0]?.max[0]).toBe(2);
    expect(columns[0]?.min[0]).toBe(0);
    expect(columns[0]?.mean[0]).toBeCloseTo(2 / 40, 2);
  });

  it('outlives a restart where there is a state directory, with a gap in between', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'page-'));
    stops.push(() => rm(directory, { recursive: true }));
    const clock = createHandClock(START_MS);
    const before = await startPageSidecar(['--state', directory], { clock });
    for (let n = 0; n < 15; n++) await before.call('search');
    await step(before, clock);
    await before.stop();
    clock.pass(30_000);
    const after = await start(clock, ['--state', directory]);
    await step(after, clock);
    const { series: columns } = await series(after, 'names=request_rate&from=-1m');
    expect(columns[0]?.mean).toEqual([1, null, null, 0]);
  });

  it('says what it costs, and that there is more than it may remember', async () => {
    const clock = createHandClock(START_MS);
    const sidecar = await start(clock, ['--page.history-series', '50', '--page.history', '1h']);
    for (let n = 0; n < 20; n++) await sidecar.call(`tool ${n}`);
    await step(sidecar, clock);
    const page = await (await fetch(sidecar.metricsUrl)).text();
    expect(page).toContain('mcp_vitals_history_series 50\n');
    expect(page).toContain(`mcp_vitals_history_bytes ${50 * 240 * 4}\n`);
    expect(page).toMatch(/mcp_vitals_history_series_refused_total [1-9]/);
    expect((await sidecar.page.readPage()).sources.sidecar.history.refused).toBeGreaterThanOrEqual(50);
  });
});

/** A Prometheus of a few lines: every range is the number 7; it has one alert of ours and one of another's. */
async function startPrometheus(
  isBroken: () => boolean,
): Promise<{ readonly url: string; readonly asked: URLSearchParams[] }> {
  const asked: URLSearchParams[] = [];
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      response.setHeader('Content-Type', 'application/json');
      if (isBroken()) {
        response.writeHead(503).end('down');
        return;
      }
      if (request.url?.startsWith('/api/v1/alerts') === true) {
        const alert = (alertname: string, job: string) => ({
          labels: { alertname, job, severity: 'critical' },
          annotations: { summary: `<b>${alertname}</b> of ${job}` },
          state: 'firing',
          activeAt: '2026-01-04T22:00:00Z',
          value: '1e+00',
        });
        const alerts = [alert('McpErrorBudgetBurn', 'own'), alert('McpErrorBudgetBurn', 'other')];
        response.end(JSON.stringify({ status: 'success', data: { alerts } }));
        return;
      }
      const form = new URLSearchParams(Buffer.concat(parts).toString());
      asked.push(form);
      const [from, to, stepSeconds] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
      const values: [number, string][] = [];
      for (let at = from ?? 0; at <= (to ?? 0); at += stepSeconds ?? 1) values.push([at, '7']);
      const data = { resultType: 'matrix', result: [{ metric: {}, values }] };
      response.end(JSON.stringify({ status: 'success', data }));
    });
  });
  const { port } = await listenOn(server, { host: '127.0.0.1', port: 0 });
  stops.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, asked };
}

describe('with a Prometheus', () => {
  it('what is older than the own history is asked of it, narrowed to the own series, and asked once', async () => {
    const clock = createHandClock(START_MS);
    const { url, asked } = await startPrometheus(() => false);
    const sidecar = await start(clock, [
      '--sources.prometheus',
      url,
      '--detectors.refill.selector',
      '{job="own"}',
      '--no-detectors.refill.enabled',
    ]);
    for (let n = 0; n < 15; n++) await sidecar.call('search');
    await step(sidecar, clock);
    const question = `names=request_rate,unheard_of&from=${START_MS - 45_000}&to=${START_MS + 15_000}`;
    const answer = await series(sidecar, question);
    expect(answer.series[0]?.mean).toEqual([7, 7, 7, 1]);
    expect([answer.source, answer.notes]).toEqual(['both', ['unheard_of: no such series is known']]);
    await series(sidecar, question);
    expect(asked.map((form) => form.get('query'))).toEqual([
      'sum(rate(request_duration_seconds_count{method!~"GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS",job="own"}[60s]))',
    ]);
  });

  it('that does not answer the own history is shown, and why there is no more', async () => {
    const clock = createHandClock(START_MS);
    const { url } = await startPrometheus(() => true);
    const sidecar = await start(clock, ['--sources.prometheus', url, '--no-detectors.refill.enabled']);
    for (let n = 0; n < 15; n++) await sidecar.call('search');
    await step(sidecar, clock);
    const answer = await series(
      sidecar,
      `names=request_rate&from=${START_MS - 15_000}&to=${START_MS + 15_000}`,
    );
    expect(answer.series[0]?.mean).toEqual([null, 1]);
    expect(answer.notes).toEqual([`prometheus ${url}: want 200, got 503`]);
    await eventually(async () => {
      clock.pass(2000);
      const { conditions } = await sidecar.page.readPage();
      expect(conditions.prometheus).toMatchObject({
        problem: `prometheus ${url}: want 200, got 503`,
        rows: 0,
      });
    });
  });

  it('its alerts of this server stand among the conditions, with our runbook', async () => {
    const clock = createHandClock(START_MS);
    const { url } = await startPrometheus(() => false);
    const sidecar = await start(clock, [
      '--sources.prometheus',
      url,
      '--detectors.refill.selector',
      '{job="own"}',
      '--no-detectors.refill.enabled',
    ]);
    await eventually(async () => {
      clock.pass(2000);
      const { conditions } = await sidecar.page.readPage();
      expect(conditions.rows).toEqual([
        expect.objectContaining({
          judgedBy: 'prometheus',
          name: 'McpErrorBudgetBurn',
          severity: 'critical',
          state: 'firing',
          sinceMs: Date.UTC(2026, 0, 4, 22),
          labels: { job: 'own' },
          words: '<b>McpErrorBudgetBurn</b> of own',
          runbook: expect.objectContaining({ path: 'runbooks/budgets.md#mcperrorbudgetburn' }),
        }),
      ]);
      expect(conditions.firing.critical).toBe(1);
    });
  });
});
