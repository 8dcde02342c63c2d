// Draws every dashboard whole into docs/images:
//   npm run images:dashboards [-- SECONDS]   how long the demo runs before, 150 by default
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DASHBOARD_UIDS } from '../src/model/dashboard-uid.ts';
import { readDashboard } from '../test/dashboards/dashboard-file.ts';
import { drawDashboard } from '../test/dashboards/draw-dashboard.ts';
import { everything } from '../test/dashboards/interpolate.ts';
import { smallPng } from '../test/dashboards/small-png.ts';
import { SCRAPE_SECONDS, startStage, windows } from '../test/dashboards/stage.ts';
import { startBrowser } from '../test/harness/browser.ts';
import { inRepository } from '../test/harness/repository.ts';
import { createStopStack } from '../test/harness/stop-stack.ts';

const seconds = Number(process.argv[2] ?? 150);
const stack = createStopStack();
try {
  const stage = await startStage(stack);
  process.stdout.write(`drawing after ${seconds} s of traffic ...\n`);
  await sleep(seconds * 1000);
  const browser = await startBrowser();
  stack.defer(() => browser.close());
  const to = Math.floor(Date.now() / 1000) - 1;
  const time = { from: to - seconds + 10, to, step: SCRAPE_SECONDS };
  const values = everything({ rangeSeconds: seconds, stepSeconds: time.step, scrapeSeconds: SCRAPE_SECONDS });
  await mkdir(inRepository('docs', 'images'), { recursive: true });
  for (const uid of DASHBOARD_UIDS) {
    const drawn = await drawDashboard(readDashboard(uid), {
      browser,
      prometheus: stage.origin,
      time,
      values,
      windows,
    });
    const path = `docs/images/dashboard-${uid.replace('mcp-', '')}.png`;
    const png = await smallPng(browser, drawn.png);
    await writeFile(inRepository(path), png);
    process.stdout.write(`wrote ${path}, ${Math.round(png.length / 1024)} KB\n`);
    for (const { title, problems } of drawn.reports)
      for (const { text } of problems) process.stdout.write(`  ${title}: ${text}\n`);
  }
} finally {
  await stack.stopAll();
}
