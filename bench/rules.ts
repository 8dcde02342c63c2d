import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { placeholderLinks } from '../src/rules/links.ts';
import { alertRules, recordRules } from '../src/rules/rule-file.ts';
import { alertGroups, recordGroups } from '../src/rules/rule-groups.ts';
import { declaredWindows } from '../src/rules/windows.ts';
import { stringify } from 'yaml';
import { listenOnLoopback } from '../src/demo/listen-on-loopback.ts';
import { rulesPage } from './rules-page.ts';
import { writeHistory } from './rules-history.ts';
import { table } from './table.ts';

// What it costs Prometheus to evaluate every rule: many servers are scraped from one page, then the durations that
// Prometheus itself states of its rule groups are read.
const BAR_SECONDS = 1;
const PORT = 19_090;

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '1000' },
    tools: { type: 'string', default: '20' },
    // After 5 minutes the windows that raw series are read over are full.
    minutes: { type: 'string', default: '7' },
    // Servers with a history of 3 days, for the windows of hours and days.
    history: { type: 'string', default: '100' },
  },
});
const servers = Number(values.servers);
const tools = Number(values.tools);
const minutes = Number(values.minutes);
const history = Number(values.history);

const answer = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        name: z.string(),
        interval: z.number(),
        evaluationTime: z.number(),
        rules: z.array(z.object({ health: z.string(), name: z.string(), lastError: z.string().optional() })),
      }),
    ),
  }),
});

interface Measured {
  readonly name: string;
  readonly rules: number;
  readonly interval: number;
  readonly seconds: number[];
}

/** Durations of every group, read so often that each evaluation is seen. */
async function measure(forMs: number): Promise<Measured[]> {
  const seen = new Map<string, Measured>();
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    const { data } = answer.parse(await (await fetch(`http://127.0.0.1:${PORT}/api/v1/rules`)).json());
    for (const { name, interval, evaluationTime, rules } of data.groups) {
      const broken = rules.find(({ health }) => health === 'err');
      if (broken)
        throw new Error(`rule ${broken.name}: want it evaluated, got ${broken.lastError ?? 'an error'}`);
      const group = seen.get(name) ?? { name, rules: rules.length, interval, seconds: [] };
      if (group.seconds.at(-1) !== evaluationTime) group.seconds.push(evaluationTime);
      seen.set(name, group);
    }
    await sleep(2000);
  }
  return [...seen.values()];
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-bench-rules-'));
const options = { windows: declaredWindows, links: placeholderLinks };
const groups = [
  ...recordGroups.map((group) => recordRules(group, options)),
  ...alertGroups.map((group) => alertRules(group, options)),
];
const startedAt = Date.now();
const page = createServer((_, response) => {
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end(rulesPage(tools, (Date.now() - startedAt) / 1000));
});
const listening = await listenOnLoopback(page, 0);

async function run(targets: number, waitMs: number, measureMs: number): Promise<Measured[]> {
  await writeFile(join(folder, 'rules.yml'), stringify({ groups }));
  const config = {
    global: { scrape_interval: '15s', evaluation_interval: '30s' },
    rule_files: [join(folder, 'rules.yml')],
    scrape_configs: [
      {
        job_name: 'mcp-vitals',
        static_configs: Array.from({ length: targets }, (_, i) => ({
          targets: [new URL(listening.origin).host],
          labels: { __metrics_path__: `/${i}`, instance: `server-${i}` },
        })),
      },
    ],
  };
  await writeFile(join(folder, 'prometheus.yml'), stringify(config, { aliasDuplicateObjects: false }));
  const prometheus = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${PORT}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exited = new Promise<void>((resolve) => {
    prometheus.once('exit', () => resolve());
  });
  try {
    await sleep(waitMs);
    return await measure(measureMs);
  } finally {
    prometheus.kill();
    await exited;
  }
}

function report(title: string, measured: readonly Measured[], scale = 1): number {
  const rows = measured.map(({ name, rules, interval, seconds }) => {
    const typical = median(seconds) * scale;
    return [
      name,
      String(rules),
      `${interval} s`,
      typical.toFixed(3),
      (Math.max(...seconds) * scale).toFixed(3),
      `${((typical / interval) * 100).toFixed(2)} %`,
    ];
  });
  const core = measured.reduce((sum, { interval, seconds }) => sum + (median(seconds) * scale) / interval, 0);
  process.stdout.write(
    `${title}\n\n${table(['group', 'rules', 'every', 's, median', 's, most', 'of a core'], rows)}\n\nall groups together: ${(core * 100).toFixed(1)} % of a core\n\n`,
  );
  return Math.max(...measured.map(({ seconds }) => median(seconds) * scale));
}

try {
  const live = await run(servers, minutes * 60_000, 90_000);
  const slowest = report(`${servers} servers with ${tools} tools each, after ${minutes} minutes:`, live);
  if (history > 0) {
    await rm(join(folder, 'data'), { recursive: true, force: true });
    await writeHistory(join(folder, 'data'), join(folder, 'history.txt'), history, 3);
    const long = await run(history, 20_000, 150_000);
    report(
      `the windows of hours and days: ${history} servers with 3 days of recorded series, times ${servers / history}:`,
      long.filter(({ name }) =>
        ['mcp-slo', 'mcp-slo-long', 'mcp-latency-alerts', 'mcp-budgets-alerts'].includes(name),
      ),
      servers / history,
    );
  }
  process.stdout.write(`slowest group: ${slowest.toFixed(3)} s, want below ${BAR_SECONDS} s\n`);
  process.exitCode = slowest < BAR_SECONDS ? 0 : 1;
} finally {
  await listening.close();
  await rm(folder, { recursive: true, force: true });
}
