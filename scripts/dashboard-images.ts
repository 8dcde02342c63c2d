// Draws every dashboard whole into docs/images, from the demo with its faults:
//   npm run images:dashboards [-- SECONDS]   how long there is traffic before, 150 by default
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { DASHBOARD_UIDS, type DashboardUid } from '../src/model/dashboard-uid.ts';
import { readDashboard } from '../test/dashboards/dashboard-file.ts';
import { drawDashboard } from '../test/dashboards/draw-dashboard.ts';
import { smallPng } from '../test/dashboards/small-png.ts';
import { lastSeconds, startStage, type Stage } from '../test/dashboards/stage.ts';
import { startBrowser } from '../test/harness/browser.ts';
import { inRepository } from '../test/harness/repository.ts';
import { createStopStack } from '../test/harness/stop-stack.ts';

/** What is missing at one moment is mostly there at the next: a source that was slow, a spike that is to come. */
const TRIES = 15;

/** The picture of a dashboard of which every panel has what it should have. */
async function whole(uid: DashboardUid, stage: Stage, browser: Browser, seconds: number): Promise<Buffer> {
  let problems: string[] = [];
  for (let n = 0; n < TRIES; n += 1) {
    if (n > 0) await sleep(5000);
    const drawn = await drawDashboard(readDashboard(uid), lastSeconds(seconds, stage, browser));
    problems = drawn.reports.flatMap((report) =>
      report.problems.map(({ text }) => `${report.title}: ${text}`),
    );
    if (problems.length === 0) return smallPng(browser, drawn.png);
  }
  throw new Error(`${uid}: want all of it drawn, got\n${problems.join('\n')}`);
}

const seconds = Number(process.argv[2] ?? 150);
if (!(seconds >= 60)) throw new Error(`seconds: want a number of at least 60, got ${process.argv[2]}`);
const stack = createStopStack();
try {
  const stage = await startStage(stack);
  process.stdout.write(`drawing after ${seconds} s of traffic ...\n`);
  await sleep(seconds * 1000);
  const browser = await startBrowser();
  stack.defer(() => browser.close());
  await mkdir(inRepository('docs', 'images'), { recursive: true });
  for (const uid of DASHBOARD_UIDS) {
    const path = `docs/images/dashboard-${uid.replace('mcp-', '')}.png`;
    const png = await whole(uid, stage, browser, seconds - 10);
    await writeFile(inRepository(path), png);
    process.stdout.write(`wrote ${path}, ${Math.round(png.length / 1024)} KB\n`);
  }
} finally {
  await stack.stopAll();
}
