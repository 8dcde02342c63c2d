import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromiumPath, startBrowser } from '../harness/browser.ts';
import { nginxPath, startNginx, type Nginx } from '../harness/nginx.ts';
import { startPageServer, type PageServer } from '../harness/page-server.ts';
import { watchPage } from '../harness/page-watch.ts';
import { describeWith } from '../harness/requirement.ts';
import { brokenModel } from '../page/page-models.ts';

const TOKEN = 'a token <of> "ours"';
const describe = describeWith(chromiumPath, 'install the package chromium');
const describeBehind = describeWith(nginxPath, 'install the package nginx');

const logIn = async (page: Page, token: string): Promise<void> => {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
};

/** The same, reached directly and behind nginx that takes a prefix off. */
const places: readonly (readonly [string, typeof describe, boolean])[] = [
  ['directly', describe, false],
  ['behind nginx with a path prefix', describeBehind, true],
];

for (const [name, describeHere, isBehind] of places) {
  describeHere(`the status page with a token, ${name}`, () => {
    let browser: Browser;
    let server: PageServer;
    let nginx: Nginx | undefined;
    let url: string;
    let context: BrowserContext | undefined;

    beforeAll(async () => {
      [browser, server] = await Promise.all([startBrowser(), startPageServer(brokenModel, TOKEN)]);
      if (isBehind) nginx = await startNginx('/team/vitals/', server.url);
      url = nginx === undefined ? server.url : `${nginx.origin}/team/vitals/`;
    }, 60_000);
    afterEach(async () => {
      await context?.close();
    });
    afterAll(async () => {
      await browser?.close();
      await nginx?.stop();
      await server?.stop();
    });

    const open = async (javaScriptEnabled = true) => {
      context = await browser.newContext({ javaScriptEnabled });
      const page = await context.newPage();
      const watch = await watchPage(page, url);
      await page.goto(url);
      return { page, watch, context };
    };

    it('asks for the token, keeps the login in a cookie that scripts cannot read, and forgets it at the end', async () => {
      const opened = await open();
      const { page, watch } = opened;
      expect(page.url()).toBe(`${url}login`);
      await logIn(page, TOKEN);
      await page.locator('[data-fresh="live"]').waitFor();
      expect(page.url()).toBe(url);
      await page.locator('[data-chart="latency"] canvas').waitFor();

      const cookies = await opened.context.cookies();
      const session = cookies.find((each) => each.name === 'mcp_vitals_session');
      expect(session).toMatchObject({
        httpOnly: true,
        sameSite: 'Strict',
        path: isBehind ? '/team/vitals' : '/',
      });
      expect(session?.value).not.toContain(TOKEN);
      expect(await page.evaluate('document.cookie')).not.toContain('session');

      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByLabel('Token').waitFor();
      expect(page.url()).toBe(`${url}login`);
      await page.goto(url);
      expect(page.url()).toBe(`${url}login`);
      expect(watch.faults).toEqual([]);
    }, 60_000);

    it('needs no script: refuses a wrong token in words, then lets the right one in', async () => {
      const { page } = await open(false);
      await logIn(page, 'wrong');
      expect(await page.getByRole('alert').innerText()).toBe('This is not the token.');
      await logIn(page, TOKEN);
      expect(page.url()).toBe(url);
      expect(await page.locator('h1').innerText()).toContain('Needs attention');
      expect(await page.locator('#charts svg.plot').count()).toBe(6);
    }, 60_000);

    it('answers an unknown address with a page that leads back, and in JSON where no page is asked for', async () => {
      const { page } = await open();
      const answer = await page.goto(`${url}no/such/<page>`);
      expect(answer?.status()).toBe(404);
      expect(await page.locator('h1').innerText()).toBe('No such page');
      expect(await page.evaluate('getComputedStyle(document.querySelector(".section")).borderTopWidth')).toBe(
        '1px',
      );
      await page.getByRole('link', { name: 'To the status page' }).click();
      expect(page.url()).toBe(`${url}login`);
      expect((await fetch(`${url}no/such`)).headers.get('content-type')).toMatch(/json/);
    }, 60_000);

    it('says on a page that is still open that the login is over', async () => {
      const opened = await open();
      const { page } = opened;
      await logIn(page, TOKEN);
      await page.locator('[data-fresh="live"]').waitFor();
      const other = await opened.context.newPage();
      await other.goto(url);
      await other.getByRole('button', { name: 'Log out' }).click();
      const told = page.locator('[data-fresh="stale"]', { hasText: 'your session has ended' });
      await told.waitFor({ timeout: 45_000 });
      expect(await page.locator('html[data-stale]').count()).toBe(1);
    }, 90_000);
  });
}
