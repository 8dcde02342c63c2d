import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import type { PageModel } from '../../src/model/page-model.ts';
import { quantity } from '../../src/page/quantity.ts';
import { chromiumPath, startBrowser } from '../harness/browser.ts';
import { eventually } from '../harness/eventually.ts';
import { total } from '../harness/exposition.ts';
import { startHandServer, type HandServer } from '../harness/hand-server.ts';
import { watchPage, type PageWatch } from '../harness/page-watch.ts';
import { describeWith } from '../harness/requirement.ts';
import { toolCalls } from '../harness/scrape.ts';
import { startSidecar, type Sidecar } from '../harness/sidecar.ts';

const describe = describeWith(chromiumPath, 'install the package chromium');
/** A busy machine may take longer than the 15 s within which a broken server has to be red. */
const PATIENCE_MS = 60_000;
const EVIL = '<img src=x onerror=alert(1)>';

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params?: { readonly name?: string };
}

describe('the status page of a running sidecar in Chromium', () => {
  let server: HandServer;
  let sidecar: Sidecar;
  let browser: Browser;
  let page: Page;
  let watch: PageWatch;
  let isBroken = false;

  beforeAll(async () => {
    server = await startHandServer((body, response) => {
      const { id, method } = JSON.parse(body === '' ? '{"id":0,"method":""}' : body) as Call;
      if (isBroken) {
        response.writeHead(500, { 'content-type': 'text/plain' }).end('out of order');
        return;
      }
      const tools = ['get_user', EVIL].map((name) => ({ name, inputSchema: { type: 'object' } }));
      const result = method === 'tools/list' ? { tools } : { content: [{ type: 'text', text: 'well' }] };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
    [sidecar, browser] = await Promise.all([
      startSidecar(['--upstream', server.url, '--instance', `shop ${EVIL}`]),
      startBrowser(),
    ]);
    page = await browser.newPage();
    watch = await watchPage(page, sidecar.adminUrl);
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await sidecar?.stop();
    await server?.stop();
  });

  const post = async (method: string, params: object = {}): Promise<void> => {
    const answer = await fetch(`${sidecar.url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: Math.floor(Math.random() * 1e9), method, params }),
    });
    await answer.text();
  };
  const call = (name: string) => post('tools/call', { name, arguments: {} });
  const json = async (): Promise<PageModel> =>
    (await (await fetch(`${sidecar.adminUrl}/api/v1/page`)).json()) as PageModel;

  it('tells what to do while nobody has called', async () => {
    await page.goto(`${sidecar.adminUrl}/`);
    await page.locator('[data-fresh="live"]').waitFor();
    expect(await page.locator('.banner').innerText()).toContain(
      `Point your clients at ${sidecar.url} instead of ${server.url}`,
    );
  }, 90_000);

  it('shows the values of /metrics and of its JSON, as they come, without being loaded again', async () => {
    await post('tools/list');
    for (let n = 0; n < 40; n++) await call('get_user');
    for (let n = 0; n < 5; n++) await call(EVIL);
    const cell = (tool: string) =>
      page.locator('#tools tbody tr', { has: page.getByText(tool, { exact: true }) });
    await eventually(async () => {
      const counted = toolCalls(await sidecar.metrics());
      expect(counted).toEqual({ 'get_user ok': 40, [`${EVIL} ok`]: 5 });
      expect(await cell('get_user').innerText()).toContain('40 calls');
      expect(await cell(EVIL).innerText()).toContain('5 calls');
    }, PATIENCE_MS);
    expect(await page.locator('.banner').innerText()).not.toContain('Point your clients');

    // Nothing moves now but windows: page and JSON agree at some moment.
    await eventually(async () => {
      const before = await json();
      const texts = Object.fromEntries(
        await Promise.all(
          [
            'health',
            'tools',
            'sessions',
            'probes',
            'leaks',
            'capacity',
            'sources',
            'config',
            'conditions',
          ].map(async (id) => [id, await page.locator(`#${id}`).innerText()] as const),
        ),
      );
      for (const { name, live, unit, baseline, verdict } of before.health.rows) {
        expect(texts['health']).toContain(name);
        expect(texts['health']).toContain(quantity(baseline, unit));
        if (verdict !== 'unknown') expect(texts['health']).toContain(quantity(live, unit));
      }
      for (const { name, latency, calls } of before.tools.rows) {
        expect(texts['tools']).toContain(name);
        expect(texts['tools']).toContain(quantity(latency.p99Ms, 'ms'));
        expect(texts['tools']).toContain(`${quantity(calls, 'count')} calls`);
      }
      expect(texts['sessions']).toContain(before.sessions.words);
      expect(texts['leaks']).toContain(`${before.leaks.followed} series are followed`);
      for (const row of before.headroom.rows) expect(texts['capacity']).toContain(row.name);
      expect(texts['sources']).toContain(quantity(before.sources.sidecar.history.series, 'count'));
      for (const { name, value, isDefault } of before.config.settings) {
        if (isDefault) continue;
        expect(texts['config']).toContain(name);
        expect(texts['config']).toContain(value);
      }
      expect(texts['conditions']).toContain('Nothing is firing.');
      expect(texts['probes']).toContain('No probe is configured.');
    }, PATIENCE_MS);
  }, 150_000);

  it('draws its history without scripts as well', async () => {
    // The first interval of 15 s has to be over.
    await eventually(async () => {
      const html = await (await fetch(`${sidecar.adminUrl}/`)).text();
      expect(html).toMatch(/data-chart="rate"[\s\S]*?<path class="line line-first" d="M/);
    }, PATIENCE_MS);
  }, 90_000);

  it('turns red when the server breaks, and says since when and what is wrong', async () => {
    isBroken = true;
    const calling = new AbortController();
    const calls = (async () => {
      while (!calling.signal.aborted) {
        await call('get_user');
        await sleep(40);
      }
    })();
    const brokenAt = performance.now();
    try {
      await page.locator('.banner-bad').waitFor({ timeout: PATIENCE_MS });
      console.info(`red after ${((performance.now() - brokenAt) / 1000).toFixed(1)} s`);
      expect(await page.title()).toMatch(/^✕ /);
      expect(await page.locator('.banner-bad').innerText()).toMatch(/since \d\d:\d\d:\d\d \(\d/);
      // What is worst, with the way to it and what to do.
      expect(await page.locator('.banner-bad .lead a').innerText()).toMatch(/\w/);
      expect(await page.locator('.banner-bad .next li').count()).toBeGreaterThan(0);
    } finally {
      calling.abort();
      await calls;
    }
    await eventually(async () => {
      const failed = total(await sidecar.metrics(), 'request_duration_seconds_count', {
        endpoint: 'get_user',
        status: '500',
      });
      const row = page.locator('#tools tbody tr', { has: page.getByText('get_user', { exact: true }) });
      expect(failed).toBeGreaterThan(0);
      expect(await row.innerText()).toContain(`${quantity(failed, 'count')} transport`);
    }, PATIENCE_MS);
  }, 150_000);

  it('did nothing that a page must not do, though names were hostile', async () => {
    expect(await page.locator('.bar-server').innerText()).toBe(`shop ${EVIL}`);
    expect(await page.locator('img').count()).toBe(0);
    expect(watch.faults).toEqual([]);
  });
});
