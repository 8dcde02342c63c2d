import type { Browser, BrowserContext, CDPSession } from 'playwright-core';
import type { PageModel } from '../../src/model/page-model.ts';
import { brokenModel, wave } from '../page/page-models.ts';
import { ownHeapBytes } from './live-heap.ts';
import { startPageServer } from './page-server.ts';

/** What was in use at one moment, after collections. */
export interface MemoryReading {
  readonly updates: number;
  /** JavaScript heap of the pages, together. */
  readonly pageHeapBytes: number;
  /** Nodes and listeners of the pages' documents, together. */
  readonly nodes: number;
  readonly listeners: number;
  /** Heap of this process, which holds the server. */
  readonly serverHeapBytes: number;
}

/** How a page's memory is watched. */
export interface MemoryRun {
  readonly pages: number;
  /** Updates before each reading; each of the model's sections with figures changes every time. */
  readonly readAt: readonly number[];
}

/** The model as it might be n updates later: figures, texts and evidence differ, the number of rows sways. */
function later(n: number): PageModel {
  const { health, tools, leaks, recent, conditions } = brokenModel;
  const sway = 1 + Math.sin(n / 5) / 3;
  return {
    ...brokenModel,
    atMs: brokenModel.atMs + n * 2000,
    health: {
      ...health,
      reasons: health.reasons.map((reason, at) => (at === 0 ? { ...reason, text: `update ${n}` } : reason)),
      rows: health.rows.map((row) => ({ ...row, live: row.live === null ? null : row.live * sway })),
    },
    conditions: { ...conditions, rows: n % 3 === 0 ? [] : conditions.rows },
    tools: {
      ...tools,
      rows: tools.rows
        .slice(0, 2 + (n % 2))
        .map((row) => ({ ...row, calls: row.calls + n, ratePerSecond: row.ratePerSecond * sway })),
    },
    leaks: { ...leaks, rows: n % 7 === 0 ? leaks.rows.slice(1) : leaks.rows },
    recent: { ...recent, values: { ...recent.values, p99_ms: wave(60, 200 * sway, 20) } },
  };
}

async function read(sessions: readonly CDPSession[], updates: number): Promise<MemoryReading> {
  let [pageHeapBytes, nodes, listeners] = [0, 0, 0];
  for (const session of sessions) {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const counters = await session.send('Memory.getDOMCounters');
    pageHeapBytes += usedSize;
    nodes += counters.nodes;
    listeners += counters.jsEventListeners;
  }
  return { updates, pageHeapBytes, nodes, listeners, serverHeapBytes: await ownHeapBytes() };
}

/** Opens pages, sends them updates much faster than in life, and reads at some of them what is in use. */
export async function watchPageMemory(browser: Browser, run: MemoryRun): Promise<readonly MemoryReading[]> {
  const server = await startPageServer(later(0));
  // A window each: what is hidden draws nothing.
  const contexts: BrowserContext[] = [];
  try {
    server.state.updateMs = 5000;
    const pages = [];
    const sessions = [];
    for (let n = 0; n < run.pages; n++) {
      const context = await browser.newContext();
      contexts.push(context);
      const page = await context.newPage();
      await page.goto(`${server.url}?tool=generate_report`);
      await page.locator('[data-fresh="live"]').waitFor();
      pages.push(page);
      sessions.push(await context.newCDPSession(page));
    }
    const readings: MemoryReading[] = [];
    let updates = 1;
    for (const readAt of run.readAt) {
      for (; updates < readAt; updates += 1) {
        // Each one is waited for, so that every update is drawn, however slow the machine is.
        server.push(later(updates));
        await Promise.all(
          pages.map((page) => page.getByText(`update ${updates}`, { exact: false }).first().waitFor()),
        );
        // In life the charts are read anew with every eighth update.
        if (updates % 8 === 0) {
          for (const page of pages)
            await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
        }
      }
      readings.push(await read(sessions, updates));
    }
    return readings;
  } finally {
    for (const context of contexts) await context.close();
    await server.stop();
  }
}
