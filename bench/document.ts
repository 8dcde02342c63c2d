import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { baselineInForce } from '../src/baselines/baseline-in-force.ts';
import { documentTables } from '../src/baselines/document-tables.ts';
import { expectProfile } from '../src/baselines/expect-profile.ts';
import { BUILT_IN_PROFILES } from '../src/bench/built-in-profiles.ts';
import { compareWithBaseline, type ComparedFigure } from '../src/bench/compare-with-baseline.ts';
import { digits, figureText, measureName, secondsText } from '../src/bench/figure-text.ts';
import { readBenchReport } from '../src/bench/read-bench-report.ts';
import { scopeText } from '../src/model/bench-figure.ts';
import { freePort } from '../test/harness/free-port.ts';
import { startPostgres } from '../test/harness/postgres.ts';
import { startRedis } from '../test/harness/redis.ts';
import { inRepository } from '../test/harness/repository.ts';
import { venvPython } from '../test/harness/servers.ts';
import { startProcess } from '../test/harness/start-process.ts';

// The document's tables with figures of our own beside them, as Markdown: every profile against a fresh
// examples/benchmark_server.py with PostgreSQL and Redis.
const argument = (name: string, usual: string): string =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? usual;

const WORKERS = argument('workers', String(cpus().length));
const TIME_SCALE = argument('time-scale', '0.02');
const WARM_UP = argument('warm-up', '3s');
const ALL = BUILT_IN_PROFILES.map(({ name }) => name).join(',');
const PROFILES = argument('profiles', ALL).split(',');
/** "Simple tool execution". */
const SIMPLE = new Set(['light', 'medium', 'heavy', 'extreme', 'scaling']);

async function startServer(workers: string, env: Readonly<Record<string, string>>) {
  const port = await freePort();
  const started = await startProcess({
    command: venvPython,
    args: `-m uvicorn --app-dir examples benchmark_server:app --port ${port} --workers ${workers}`.split(' '),
    cwd: inRepository(),
    env: { PYTHONDONTWRITEBYTECODE: '1', ...env },
    ready: [new RegExp(Array.from({ length: Number(workers) }, () => 'startup complete').join('[^]*'))],
    readyTimeoutMs: 120_000,
  });
  return { ...started, url: `http://127.0.0.1:${port}/mcp` };
}

const run = (args: readonly string[]): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [inRepository('src', 'main.ts'), 'bench', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('error', reject).once('close', resolve);
  });

const row = (profile: string, { scope, measure, live, expected }: ComparedFigure): string => {
  const part = scope.of === 'run' ? '' : scopeText(scope);
  return `| ${profile} | ${part} | ${measureName(measure)} | ${expected === undefined ? '–' : figureText(measure, expected.value)} | ${figureText(measure, live)} |`;
};

const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-document-'));
const postgres = await startPostgres({ settings: { max_connections: '200' } });
const redis = await startRedis();
const [cpu] = cpus();
console.log(
  `${cpus().length} × ${cpu?.model}, ${digits(totalmem() / 1024 ** 3)} GiB, Node ${process.version}; ${WORKERS} workers; load average ${digits(loadavg()[0] ?? 0)} before the first run.\n`,
);
console.log('| profile | part | figure | document | ours |\n| --- | --- | --- | ---: | ---: |');
const remarks: string[] = [];
try {
  for (const profile of PROFILES) {
    const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url };
    const counts = profile === 'scaling' ? ['1', '1'] : [WORKERS];
    const servers = await Promise.all(counts.map((workers) => startServer(workers, env)));
    const file = join(folder, `${profile}.json`);
    const scale =
      BUILT_IN_PROFILES.find(({ name }) => name === profile)?.load.kind === 'closed' ? '1' : TIME_SCALE;
    const own = [
      ...(SIMPLE.has(profile) ? ['--tools', 'get_user'] : []),
      ...(servers.length === 1 ? ['--pid', String(servers[0]?.pid)] : []),
      ...(scale === '1' ? [] : ['--time-scale', scale]),
    ];
    try {
      await run([
        ...servers.map(({ url }) => url),
        '--profile',
        profile,
        '--warm-up',
        WARM_UP,
        ...own,
        '--output',
        file,
      ]);
      const read = readBenchReport(file, await readFile(file, 'utf8'));
      if (!read.ok) throw new Error(read.problems.join('; '));
      const [first, ...others] = read.value.runs;
      if (first === undefined) throw new Error(`${profile}: want a run, got none`);
      const baseline = { tables: documentTables, own: {}, ...baselineInForce(documentTables, {}, {}) };
      const { figures } = compareWithBaseline([first, ...others], expectProfile(baseline, { name: profile }));
      const isShown = ({ scope, expected }: ComparedFigure) =>
        expected !== undefined && (scope.of !== 'tool' || profile === 'tools');
      for (const figure of figures.filter(isShown)) console.log(row(profile, figure));
      remarks.push(
        `${profile}: ${secondsText(first.durationSeconds)}, time scale ${first.plan.timeScale}, ${first.end.how}, load average ${digits(loadavg()[0] ?? 0)} at its end`,
      );
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  }
} finally {
  await Promise.all([redis.stop(), postgres.stop()]);
  await rm(folder, { recursive: true });
}
console.log(`\n${remarks.map((text) => `- ${text}`).join('\n')}`);
