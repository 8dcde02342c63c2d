import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { startProcess, type TestProcess } from './start-process.ts';

/** Where Debian's package `victoria-metrics` puts the store. */
export const victoriaMetricsPath = '/usr/bin/victoria-metrics';

/** A VictoriaMetrics that a test owns, and its origin. */
export interface VictoriaMetrics extends TestProcess {
  readonly url: string;
}

/** Starts VictoriaMetrics on a free port of loopback, with its data in a temporary folder. */
export async function startVictoriaMetrics(): Promise<VictoriaMetrics> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-longterm-'));
  const address = `127.0.0.1:${await freePort()}`;
  const started = await startProcess({
    command: victoriaMetricsPath,
    args: [
      `-storageDataPath=${folder}`,
      `-httpListenAddr=${address}`,
      '-retentionPeriod=1',
      // A test asks for what came a second ago.
      '-search.latencyOffset=0s',
    ],
    ready: [/starting http server/],
  });
  return {
    ...started,
    url: `http://${address}`,
    stop: async () => {
      const exit = await started.stop();
      await rm(folder, { recursive: true, force: true });
      return exit;
    },
  };
}
