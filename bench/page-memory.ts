import { startBrowser } from '../test/harness/browser.ts';
import { watchPageMemory } from '../test/harness/page-memory.ts';

// An hour with 20 open pages, as fast as they can draw: 1,800 updates, one every 2 s in life. What is in use after
// collections has to stay flat after the first few minutes.

const MIB = 1024 ** 2;
const [pages = 20, updates = 1800] = process.argv.slice(2).map(Number);
const readAt = [1, 2, 4, 6, 8, 10].map((part) => Math.round((part * updates) / 10));

const browser = await startBrowser();
try {
  console.log(`${pages} pages, ${updates} updates`);
  console.log('updates  pages MiB  nodes  listeners  server MiB');
  for (const reading of await watchPageMemory(browser, { pages, readAt })) {
    const cells = [
      String(reading.updates).padStart(7),
      (reading.pageHeapBytes / MIB).toFixed(1).padStart(10),
      String(reading.nodes).padStart(6),
      String(reading.listeners).padStart(10),
      (reading.serverHeapBytes / MIB).toFixed(1).padStart(11),
    ];
    console.log(cells.join(' '));
  }
} finally {
  await browser.close();
}
