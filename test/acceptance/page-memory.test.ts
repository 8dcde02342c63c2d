import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { chromiumPath, startBrowser } from '../harness/browser.ts';
import { watchPageMemory } from '../harness/page-memory.ts';
import { describeWith } from '../harness/requirement.ts';

const MIB = 1024 ** 2;
const describe = describeWith(chromiumPath, 'install the package chromium');

// An hour of 1,800 updates with 20 pages is bench/page-memory.ts; here as many as show a leak of a node or a listener an update.
describe('the memory of open pages', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  }, 60_000);
  afterAll(async () => browser?.close());

  it('stays what it is, however many updates come', async () => {
    const [before, after] = await watchPageMemory(browser, { pages: 1, readAt: [20, 100] });
    if (before === undefined || after === undefined) throw new Error('memory: want two readings, got fewer');
    // Three nodes an update would be 240, two listeners 160.
    expect(after.nodes - before.nodes).toBeLessThan(200);
    expect(after.listeners - before.listeners).toBeLessThan(100);
    expect(after.pageHeapBytes - before.pageHeapBytes).toBeLessThan(2 * MIB);
    expect(after.serverHeapBytes - before.serverHeapBytes).toBeLessThan(8 * MIB);
  }, 120_000);
});
