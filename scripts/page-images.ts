import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../test/harness/browser.ts';
import { startPageServer, type PageServer } from '../test/harness/page-server.ts';
import { brokenModel, healthyModel } from '../test/page/page-models.ts';

// Pictures of the status page for the documentation: the page as it is, in Chromium, over the example data that its tests use,
// so that a picture changes only where the page does.

const DIRECTORY = 'docs/images';
const MOST_BYTES = 250_000;

interface Picture {
  readonly name: string;
  readonly model: typeof healthyModel;
  readonly width: number;
  readonly height: number;
  readonly colorScheme?: 'light' | 'dark';
  /** What to show: the top, or this element. */
  readonly element?: string;
  readonly query?: string;
  readonly prepare?: (page: Page) => Promise<void>;
}

const pictures: readonly Picture[] = [
  { name: 'healthy', model: healthyModel, width: 1280, height: 1000 },
  {
    name: 'broken',
    model: brokenModel,
    width: 1280,
    height: 1000,
    prepare: (page) => page.locator('#conditions .condition summary').first().click(),
  },
  { name: 'dark', model: healthyModel, width: 1280, height: 1000, colorScheme: 'dark' },
  { name: 'phone', model: brokenModel, width: 390, height: 844 },
  { name: 'charts', model: healthyModel, width: 1280, height: 1000, element: '#charts' },
  {
    name: 'tools',
    model: brokenModel,
    width: 1280,
    height: 1200,
    element: '#tools',
    query: '?tool=generate_report&sort=-errors',
  },
  { name: 'probes', model: brokenModel, width: 1280, height: 1000, element: '#probes' },
  { name: 'leak', model: brokenModel, width: 1280, height: 1200, element: '#leaks' },
  { name: 'capacity', model: healthyModel, width: 1280, height: 1000, element: '#capacity' },
];

async function take(browser: Browser, server: PageServer, picture: Picture): Promise<string> {
  const { name, model, width, height, colorScheme = 'light', element, query = '', prepare } = picture;
  server.state.model = model;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    await page.goto(`${server.url}${query}`);
    await page.locator('[data-fresh="live"]').waitFor();
    await page.locator('[data-chart="memory"] canvas').waitFor();
    await prepare?.(page);
    const path = join(DIRECTORY, `page-${name}.png`);
    // Not hidden behind the bar that stays in sight.
    if (element !== undefined)
      await page.evaluate("document.querySelector('.bar').style.position = 'static'");
    await (element === undefined ? page.screenshot({ path }) : page.locator(element).screenshot({ path }));
    const { size } = await stat(path);
    if (size > MOST_BYTES) throw new Error(`${path}: want at most ${MOST_BYTES} bytes, got ${size}`);
    return `${path}  ${Math.round(size / 1000)} kB`;
  } finally {
    await context.close();
  }
}

await mkdir(DIRECTORY, { recursive: true });
const [browser, server] = await Promise.all([startBrowser(), startPageServer(healthyModel)]);
try {
  server.state.updateMs = 1000;
  for (const picture of pictures) console.log(await take(browser, server, picture));
} finally {
  await browser.close();
  await server.stop();
}
