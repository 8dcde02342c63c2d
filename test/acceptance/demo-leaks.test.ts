import { expect, test } from '@jest/globals';
import { mainPath } from '../harness/sidecar.ts';
import { startProcess } from '../harness/start-process.ts';

test('a demo that leaks shows the verdicts while one watches', async () => {
  const args = ['demo', '--break', 'sessions,memory', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'];
  const alarm = (what: string): RegExp =>
    new RegExp(
      String.raw`warn +detector ${what}: (ticket|urgent|page): grows \d.* of the limit .* an hour\), limit `,
    );
  const demo = await startProcess({
    command: process.execPath,
    args: [mainPath, ...args],
    ready: [alarm('sessions'), alarm('memory')],
    // They come within a minute where the machine has nothing else to do.
    readyTimeoutMs: 150_000,
  });
  const exit = await demo.stop();
  expect(exit.code).toBe(0);
  expect(demo.stdout()).toMatch(/^ {2}detectors \d+ series, watched .* {3}1 s counts as 6 min$/m);
  expect(demo.stdout()).toMatch(/^ {12}\w+ sessions {2}limit 140 (in|reached)/m);
  // Real sessions: they were opened, and nobody closed one.
  expect(demo.stdout()).toMatch(/\((\d+) opened, 0 closed\)/);
}, 200_000);
