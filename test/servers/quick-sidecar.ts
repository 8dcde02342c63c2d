/**
 * `mcp-vitals serve` whose detectors live as fast as a test needs it: `quick-sidecar.ts <configuration file>`. They
 * look and save several times a second, where the real ones look every 15 seconds and save every 5 minutes.
 */
import { startSidecar } from '../../src/commands/sidecar.ts';
import { createLog } from '../../src/commands/write-log.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { systemClock } from '../../src/model/clock.ts';

const [, , file = ''] = process.argv;
const loaded = loadConfig({ file, env: {}, flags: [] });
if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
await startSidecar(loaded.config, {
  log: createLog(process.stderr, () => loaded.config.log),
  clock: systemClock,
  detectorPace: { sampleMs: 50, saveMs: 100, rate: 1 },
});
