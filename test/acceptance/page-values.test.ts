import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { PageModel } from '../../src/model/page-model.ts';
import { quantity } from '../../src/page/quantity.ts';
import { createHandClock, type HandClock } from '../commands/detector-stage.ts';
import { chromiumPath, startBrowser } from '../harness/browser.ts';
import { eventually } from '../harness/eventually.ts';
import { parseExposition, total, type ScrapedSample } from '../harness/exposition.ts';
import { startHandServer, type HandServer } from '../harness/hand-server.ts';
import { startPageSidecar, type PageSidecar } from '../harness/page-sidecar.ts';
import { describeWith } from '../harness/requirement.ts';

const describe = describeWith(chromiumPath, 'install the package chromium');
const PATIENCE_MS = 60_000;
const STEP_MS = 15_000;

/**
 * The page of a server with something in every section, on a clock that stands still while it is looked at: what Chromium
 * shows is held against /metrics, which is counted by other code, and where that does not tell it against the JSON.
 */
describe('the figures of the page beside those of /metrics', () => {
  let sidecar: PageSidecar;
  let healthServer: HandServer;
  let browser: Browser;
  let page: Page;
  let model: PageModel;
  let samples: readonly ScrapedSample[];
  const clock: HandClock = createHandClock(Date.now());

  const rpc = (body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${sidecar.listenUrl}/mcp`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', ...body }),
    });

  async function openSession(client: string): Promise<string> {
    const clientInfo = { name: client, version: '1.0.0' };
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
    const answer = await rpc({ id: `${client}-0`, method: 'initialize', params });
    await answer.text();
    return answer.headers.get('mcp-session-id') ?? '';
  }

  async function endSession(id: string): Promise<void> {
    const headers = { 'Mcp-Session-Id': id };
    await (await fetch(`${sidecar.listenUrl}/mcp`, { method: 'DELETE', headers })).text();
  }

  const value = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
    total(samples, name, labels);
  const textOf = async (selector: string): Promise<string> =>
    (await page.locator(selector).innerText()).replaceAll(/\s+/g, ' ');
  /** Texts of the cells of a row of a table. */
  const cells = async (section: string, first: string): Promise<readonly string[]> => {
    const row = page.locator(`#${section} tbody tr`, { has: page.getByText(first, { exact: true }) }).first();
    const texts = await row.locator('th, td').allInnerTexts();
    return texts.map((text) => text.replaceAll(/\s+/g, ' ').trim());
  };
  /** The value beside a name in a list of facts. */
  const fact = async (section: string, name: string): Promise<string> =>
    page
      .locator(`#${section} .facts > div`, { has: page.getByText(name, { exact: true }) })
      .locator('dd')
      .innerText();

  beforeAll(async () => {
    healthServer = await startHandServer((_body, response) => response.end('well'));
    const probes = [
      { name: 'well', kind: 'http', url: `${healthServer.url}/`, interval: '1h' },
      { name: 'gone', kind: 'http', url: 'http://127.0.0.1:1/', interval: '1h' },
    ];
    const settings = {
      'probes.list': JSON.stringify(probes),
      'probes.failure-threshold': '1',
      'probes.jitter': '0s',
      'server.tier': '1',
      'sources.process.pid': String(process.pid),
    };
    sidecar = await startPageSidecar(
      Object.entries(settings).flatMap(([name, text]) => [`--${name}`, text]),
      { clock },
    );
    const sessions = await Promise.all(['shop', 'shop', 'shop', 'desk'].map(openSession));
    await endSession(sessions[0] ?? '');
    // Bad for two minutes, which an alert on the ratio of errors waits for.
    for (let step = 0; step < 10; step++) {
      for (let call = 0; call < 18; call++) await sidecar.call(call % 6 === 0 ? 'bad' : 'search');
      clock.pass(STEP_MS);
      await sidecar.page.tick();
    }
    browser = await startBrowser();
    page = await browser.newPage();
    // What the sources and probes read comes on timers of its own.
    await eventually(async () => {
      clock.pass(1000);
      model = await sidecar.page.readPage();
      const late = model.probes.rows.filter(({ runs }) => runs.length === 0).map(({ name }) => name);
      const memory = model.health.rows.find(({ figure }) => figure === 'memory_bytes')?.live ?? null;
      if (late.length > 0) throw new Error(`probes: want each run once, got none of ${late.join(', ')}`);
      if (memory === null) throw new Error('sources: want the process read, got nothing');
    }, PATIENCE_MS);
    clock.pass(STEP_MS);
    await sidecar.page.tick();
    await page.goto(`${sidecar.adminUrl}/`);
    await page.locator('[data-fresh="live"]').waitFor();
    model = await sidecar.page.readPage();
    samples = parseExposition(await (await fetch(`${sidecar.adminUrl}/metrics`)).text());
  }, 150_000);

  afterAll(async () => {
    await browser?.close();
    await sidecar?.stop();
    await healthServer?.stop();
  });

  it('shows each figure of health with its baseline and its ratio', async () => {
    const latency = (percentile: string): number =>
      value('mcp_baseline_latency_seconds', { tool: '', percentile }) * 1000;
    const baselines: Readonly<Record<string, number>> = {
      throughput: value('mcp_baseline_throughput', { tool: '' }),
      error_ratio: value('mcp_baseline_error_ratio'),
      cpu_ratio: value('mcp_baseline_cpu_ratio'),
      memory_bytes: value('mcp_baseline_memory_bytes'),
      pool_ratio: value('mcp_baseline_pool_ratio'),
      cache_hit_ratio: value('mcp_baseline_cache_hit_ratio'),
      latency_p50: latency('p50'),
      latency_p95: latency('p95'),
      latency_p99: latency('p99'),
      latency_p999: latency('p99.9'),
    };
    for (const { figure, name, unit, of, live, baseline } of model.health.rows) {
      const [title, now, wanted] = await cells('health', name);
      expect(title).toBe(of === null ? name : `${name} ${of}`);
      expect(now).toBe(quantity(live, unit));
      expect([name, wanted]).toEqual([name, quantity(baseline, unit)]);
      expect(wanted).toBe(quantity(baselines[figure], unit));
    }
    const memory = value('mcp_process_memory_bytes');
    expect(memory).toBeGreaterThan(0);
    expect((await cells('health', 'Memory usage'))[1]).toBe(quantity(memory, 'bytes'));
    // 3 of each 18 calls fail by the server's fault.
    expect((await cells('health', 'Error rate'))[1]).toMatch(/^1[67](\.\d)? %$/);
  });

  it('shows how many sessions are open, were opened and ended, and by whom', async () => {
    expect(value('mcp_sessions_opened_total')).toBe(4);
    expect(await fact('sessions', 'Active')).toBe(quantity(value('mcp_sessions_active'), 'count'));
    const closed = value('mcp_sessions_closed_total');
    expect(closed).toBe(1);
    expect(await fact('sessions', 'Opened and closed')).toBe('4 opened, 1 closed');
    expect(await fact('sessions', 'Closed by')).toBe('1 delete');
    expect(await cells('sessions', 'shop')).toEqual(['shop', '3', '1', '0']);
    expect(await cells('sessions', 'desk')).toEqual(['desk', '1', '0', '0']);
  });

  it('shows what each probe found, how long it took and where', async () => {
    expect([value('probe_success', { probe: 'well' }), value('probe_success', { probe: 'gone' })]).toEqual([
      1, 0,
    ]);
    for (const { name, runs, message, phases } of model.probes.rows) {
      const [, state, took, where] = await cells('probes', name);
      const seconds = value('probe_duration_seconds', { probe: name });
      expect(seconds * 1000).toBeCloseTo(runs[0]?.durationMs ?? -1, 3);
      expect(took).toContain(quantity(seconds, 'seconds'));
      for (const { phase, durationMs } of phases) {
        expect(where).toContain(`${phase.replaceAll('_', ' ')} ${quantity(durationMs, 'ms')}`);
      }
      if (message !== null) expect(state).toContain(message);
      expect((state ?? '').startsWith('up')).toBe(name === 'well');
    }
  });

  it('shows how much of the tier is in use', async () => {
    for (const { resource, name, live, limit, ratio, unit } of model.headroom.rows) {
      const [, now, most, used] = await cells('capacity', name);
      expect([name, now, most]).toEqual([name, quantity(live, unit), quantity(limit, unit)]);
      expect(most).toBe(quantity(value('mcp_tier_limit', { resource }), unit));
      expect(used).toBe(quantity(ratio, 'ratio'));
    }
    // Open for part of the five minutes.
    expect(model.headroom.rows.find(({ resource }) => resource === 'sessions')?.live).toBeGreaterThan(0);
  });

  it('shows what fires with its figures, and leads to what to do about it', async () => {
    const firing = model.conditions.rows.filter(({ state }) => state === 'firing');
    expect(firing.map(({ name }) => name)).toContain('McpErrorRatioHigh');
    for (const { name, words, live, unit, expected, runbook } of firing) {
      const item = page.locator('#conditions .condition', { has: page.getByText(name, { exact: true }) });
      const text = (await item.first().innerText()).replaceAll(/\s+/g, ' ');
      expect(text).toContain(words);
      expect(text).toContain(`Now ${quantity(live, unit)}, expected ${expected}; judged by this sidecar`);
      expect(runbook?.now.length).toBeGreaterThan(0);
    }
    const [failed, all] = [
      value('mcp_request_errors_total', { fault: 'server' }),
      value('request_duration_seconds_count', { method: 'tools/call' }),
    ];
    expect([failed, all]).toEqual([30, 180]);
    expect(await textOf('.banner')).toMatch(/^Needs attention .* % of requests fail by the server's fault/);
    await page.locator('.banner .next a').click();
    expect(await page.locator('h1').innerText()).toBe('McpErrorRatioHigh');
    expect(await textOf('#now')).toContain(model.health.reasons[0]?.next[0]?.replaceAll('`', '') ?? '?');
  });
});
