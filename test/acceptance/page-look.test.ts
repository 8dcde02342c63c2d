import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { chromiumPath, startBrowser } from '../harness/browser.ts';
import { startPageServer, type PageServer } from '../harness/page-server.ts';
import { watchPage, type PageWatch } from '../harness/page-watch.ts';
import { describeWith } from '../harness/requirement.ts';
import { brokenModel, healthyModel, HOSTILE, hostileModel } from '../page/page-models.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Serious and critical findings of axe, as lines. */
async function findings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const violations: readonly Violation[] = await page.evaluate(
    'axe.run().then(({ violations }) => violations)',
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

const describe = describeWith(chromiumPath, 'install the package chromium');

describe('the look of the status page in Chromium', () => {
  let browser: Browser;
  let server: PageServer;
  const pages: Page[] = [];

  beforeAll(async () => {
    [browser, server] = await Promise.all([startBrowser(), startPageServer(healthyModel)]);
  }, 60_000);
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    server.state.updateMs = 200;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function open(
    model: typeof healthyModel,
    options: Parameters<Browser['newContext']>[0] = {},
    path = '',
  ): Promise<{ page: Page; watch: PageWatch }> {
    server.state.model = model;
    const context = await browser.newContext(options);
    const page = await context.newPage();
    pages.push(page);
    const watch = await watchPage(page, server.url);
    await page.goto(`${server.url}${path}`);
    return { page, watch };
  }

  const isLive = (page: Page) => page.locator('[data-fresh="live"]').waitFor();

  it.each(
    ['light', 'dark'].flatMap((colorScheme) =>
      [1280, 360].flatMap((width) => [
        [colorScheme, width, 'well', healthyModel] as const,
        [colorScheme, width, 'broken', brokenModel] as const,
      ]),
    ),
  )(
    '%s, %i pixels wide, of a server that is %s: axe finds nothing serious',
    async (colorScheme, width, _, model) => {
      const { page, watch } = await open(
        model,
        {
          colorScheme: colorScheme as 'light' | 'dark',
          viewport: { width, height: 900 },
          reducedMotion: 'reduce',
        },
        '?tool=generate_report',
      );
      await isLive(page);
      for (const summary of await page.locator('summary').all()) await summary.click();
      expect(await findings(page)).toEqual([]);
      // Nothing reaches beyond the window, or a phone scrolls sideways.
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(watch.faults).toEqual([]);
    },
    60_000,
  );

  it.each([
    ['with scripts', true],
    ['without', false],
  ])(
    '%s hostile text stays text: no element, no dialog, no violation',
    async (_, javaScriptEnabled) => {
      const model = hostileModel();
      const { page, watch } = await open(
        model,
        { javaScriptEnabled },
        `?tool=${encodeURIComponent(`generate_report${HOSTILE}`)}`,
      );
      // All of them drawn, those of evidence too.
      const isDrawn = (each: Page) => each.locator('#leaks article canvas').last().waitFor();
      if (javaScriptEnabled) await isDrawn(page);
      expect(await page.locator('img, script:not([src]), [onerror]').count()).toBe(0);
      // Shown as it is, but for the marks that would turn it round.
      expect(await page.locator('#tools tbody th').first().textContent()).toContain(
        '"><img src=x onerror=alert(1)>',
      );
      expect(await page.locator('body').textContent()).not.toMatch(/[\u202e\u2066]/);
      const clean = await browser.newContext({ javaScriptEnabled });
      const other = await clean.newPage();
      pages.push(other);
      const count = (each: Page) => each.locator('body *').count();
      const hostileCount = await count(page);
      server.state.model = brokenModel;
      await other.goto(`${server.url}?tool=generate_report`);
      if (javaScriptEnabled) await isDrawn(other);
      // The same elements as with harmless texts.
      expect(hostileCount).toBe(await count(other));
      expect(watch.faults).toEqual([]);
    },
    60_000,
  );

  it('is whole without scripts: every section, charts, sorting, ranges and one tool', async () => {
    const { page } = await open(brokenModel, { javaScriptEnabled: false });
    expect(await page.locator('h1').innerText()).toContain('Needs attention');
    expect(await page.locator('main > section').count()).toBe(11);
    expect(await page.locator('#charts svg.plot').count()).toBe(6);
    expect(await page.locator('#leaks svg.plot .line-fit').count()).toBeGreaterThan(0);
    await page.locator('#tools th a', { hasText: 'Errors' }).click();
    expect(page.url()).toBe(`${server.url}?sort=-errors#tools`);
    expect(await page.locator('#tools tbody th').first().innerText()).toContain('generate_report');
    await page.locator('#tools tbody th a').first().click();
    expect(await page.locator('#tools .more svg.plot').count()).toBe(2);
    await page.locator('.ranges a', { hasText: '6 h' }).click();
    expect(await page.locator('.ranges [aria-current]').innerText()).toBe('6 h');
    expect(page.url()).toContain('range=6h&sort=-errors&tool=generate_report');
  }, 60_000);

  it('does the same with scripts, without loading the page again', async () => {
    const { page, watch } = await open(brokenModel);
    await isLive(page);
    await page.evaluate('window.sameDocument = true');
    await page.locator('#tools th a', { hasText: 'Errors' }).click();
    await page.locator('#tools tbody th').first().getByText('generate_report').waitFor();
    await page.locator('#tools tbody th a').first().click();
    await page.locator('#tools .more canvas').nth(1).waitFor();
    await page.locator('.ranges a', { hasText: '15 min' }).click();
    await page.locator('.ranges [aria-current]', { hasText: '15 min' }).waitFor();
    expect(page.url()).toContain('range=15m&sort=-errors&tool=generate_report');
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    expect(watch.faults).toEqual([]);
  }, 60_000);

  it('reads the values of a chart by the arrow keys, in all charts at once', async () => {
    const { page } = await open(healthyModel);
    const chart = page.locator('[data-chart="latency"][role="group"]');
    await chart.focus();
    await page.keyboard.press('ArrowLeft');
    await page.locator('[data-chart="latency"] .reading', { hasText: /P50 .* ms, P95 .* ms/ }).waitFor();
    const memory = page.locator('[data-chart="memory"] .reading');
    expect(await memory.textContent()).toMatch(/^\d\d:\d\d:\d\d: memory .*B/);
  }, 60_000);

  it('keeps the focus, and what is opened, through updates', async () => {
    const { page } = await open(brokenModel);
    await isLive(page);
    await page.locator('#conditions summary').first().click();
    await page.locator('.ranges a').first().focus();
    const reasons = brokenModel.health.reasons.map((reason) => ({ ...reason, text: 'It has changed.' }));
    server.state.model = { ...brokenModel, health: { ...brokenModel.health, reasons } };
    await page.getByText('It has changed').first().waitFor();
    expect(await page.locator('#conditions details[open]').count()).toBe(1);
    expect(await page.evaluate("document.activeElement.closest('.ranges') !== null")).toBe(true);
  }, 60_000);

  it('leads a keyboard past the bar, with a focus that is seen', async () => {
    const { page } = await open(healthyModel);
    await page.keyboard.press('Tab');
    const skip = page.locator('.skip');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    expect((await skip.boundingBox())?.y).toBeGreaterThanOrEqual(0);
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineWidth')).toBe('3px');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
  }, 60_000);

  it('turns red with its title and icon, says so aloud once, and green again', async () => {
    const { page } = await open(healthyModel);
    await isLive(page);
    const icon = () => page.locator('link[rel="icon"]').getAttribute('href');
    expect([await page.title(), await icon()]).toEqual([
      '✓ Healthy · orders-mcp · mcp-vitals',
      expect.stringMatching(/\/ok\.svg$/),
    ]);
    server.state.model = brokenModel;
    await page.locator('.banner-bad').waitFor();
    expect([await page.title(), await icon()]).toEqual([
      '✕ Needs attention, 1 firing · orders-mcp · mcp-vitals',
      expect.stringMatching(/\/bad\.svg$/),
    ]);
    expect(await page.locator('[aria-live="polite"]').textContent()).toBe(
      'Needs attention: 34 % of the calls of generate_report fail.',
    );
    server.state.model = healthyModel;
    await page.locator('.banner-ok').waitFor();
  }, 60_000);

  it('says when it is no longer live, and takes up again by itself', async () => {
    const { page } = await open(healthyModel);
    await isLive(page);
    await page.context().setOffline(true);
    server.state.updateMs = 3_600_000;
    await page
      .locator('[data-fresh="stale"]', { hasText: /no update for 1\d s/ })
      .waitFor({ timeout: 30_000 });
    expect(await page.title()).toMatch(/^\? No update/);
    expect(await page.locator('html[data-stale]').count()).toBe(1);
    server.state.updateMs = 100;
    await page.context().setOffline(false);
    await page.locator('[data-fresh="live"]').waitFor({ timeout: 45_000 });
    expect(await page.locator('html[data-stale]').count()).toBe(0);
    expect(await page.title()).toMatch(/^✓/);
  }, 90_000);

  it('keeps the theme that was chosen, and is drawn in it from the first paint', async () => {
    const { page } = await open(healthyModel, { colorScheme: 'light' });
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    await page.getByRole('button', { name: 'Theme: system' }).click();
    await page.getByRole('button', { name: 'Theme: light' }).click();
    const dark = await ground();
    expect(dark).not.toBe(light);
    const answer = await page.reload();
    expect(await answer?.text()).toContain('<html lang="en" data-theme="dark">');
    expect(await ground()).toBe(dark);
  }, 60_000);

  it('shares one stream among many tabs, so that the seventh loads too', async () => {
    const { page } = await open(healthyModel);
    await isLive(page);
    server.state.updateMs = 2000;
    for (let tab = 1; tab < 9; tab++) {
      const other = await page.context().newPage();
      await other.goto(server.url);
      await isLive(other);
    }
    expect(server.listeners()).toBe(1);
  }, 90_000);

  it('paints from its HTML and one style sheet', async () => {
    const { page } = await open(healthyModel);
    await isLive(page);
    const html = await (await fetch(server.url)).text();
    expect(html.match(/<link rel="stylesheet"/g)?.length).toBe(1);
    expect(html.match(/<script(?![^>]*(?: defer| type="module"))/g)).toBeNull();
    const paint = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime");
    console.info(`first contentful paint after ${Math.round(Number(paint))} ms`);
    expect(paint).toBeGreaterThan(0);
  }, 60_000);
});
