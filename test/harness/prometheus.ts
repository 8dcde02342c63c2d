import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { freePort } from './free-port.ts';
import { runProcess, startProcess } from './start-process.ts';
import type { TestProcess } from './start-process.ts';

/** Where Debian's package `prometheus` puts the server and its tool. */
export const prometheusPath = '/usr/bin/prometheus';
export const promtoolPath = '/usr/bin/promtool';

/** One series of an instant query's answer. */
export interface QuerySample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus that a test owns. */
export interface Prometheus extends TestProcess {
  readonly port: number;
  /** Runs an instant query for now; throws with Prometheus' own words if it is not valid. */
  readonly query: (promql: string) => Promise<QuerySample[]>;
  /** Value of a query that selects one series; undefined if it selects none. */
  readonly queryOne: (promql: string) => Promise<number | undefined>;
}

const answer = z.object({
  status: z.string(),
  error: z.string().optional(),
  data: z
    .object({
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          value: z.tuple([z.number(), z.string()]),
        }),
      ),
    })
    .optional(),
});

/** Puts samples of the past where Prometheus will have its data. */
async function createBlocks(folder: string, past: string): Promise<void> {
  const file = join(folder, 'past.om');
  await writeFile(file, past);
  const run = await runProcess({
    command: promtoolPath,
    args: ['tsdb', 'create-blocks-from', 'openmetrics', file, join(folder, 'data')],
  });
  if (run.code !== 0) throw new Error(`promtool: want blocks made, got ${run.stderr}`);
}

/**
 * Starts Prometheus on a free port with its data in a temporary folder.
 * @param configFor the configuration file's text, given the port that Prometheus listens on.
 * @param past samples that it has already, in OpenMetrics with timestamps.
 * @param flags further ones of Prometheus.
 */
export async function startPrometheus(
  configFor: (port: number) => string,
  past?: string,
  flags: readonly string[] = [],
): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-prometheus-'));
  const port = await freePort();
  const configFile = join(folder, 'prometheus.yml');
  await writeFile(configFile, configFor(port));
  if (past !== undefined) await createBlocks(folder, past);
  const started = await startProcess({
    command: prometheusPath,
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...flags,
    ],
    ready: [/Server is ready to receive web requests/],
  });
  const query = async (promql: string): Promise<QuerySample[]> => {
    const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(promql)}`;
    const { status, error, data } = answer.parse(await (await fetch(url)).json());
    if (status !== 'success' || !data)
      throw new Error(`query ${promql}: want success, got ${error ?? status}`);
    return data.result.map(({ metric, value: [, text] }) => ({ metric, value: Number(text) }));
  };
  return {
    ...started,
    port,
    query,
    queryOne: async (promql) => {
      const result = await query(promql);
      if (result.length > 1) throw new Error(`query ${promql}: want one series, got ${result.length}`);
      return result[0]?.value;
    },
    stop: async () => {
      const exit = await started.stop();
      await rm(folder, { recursive: true, force: true });
      return exit;
    },
  };
}
