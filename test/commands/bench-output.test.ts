import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { BenchReport } from '../../src/bench/bench-report.ts';
import { readBenchReport } from '../../src/bench/read-bench-report.ts';
import { renderBenchJson } from '../../src/bench/render-json.ts';
import { documentTables } from '../../src/baselines/document-tables.ts';
import { baseline } from '../../src/commands/baseline.ts';
import { prepareBenchOutput } from '../../src/commands/bench-output.ts';
import { check } from '../../src/commands/check.ts';
import { printProblems, type Command } from '../../src/commands/command.ts';
import { takeBenchOutput } from '../../src/commands/take-bench-output.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { figures, report, run } from '../bench/sample-runs.ts';
import { runCommand } from './run-command.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-bench-'));
});
afterAll(() => rm(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

/** `bench` with a report in place of a load. */
const benchOf =
  (made: BenchReport): Command =>
  async (argv, io) => {
    const { options, rest, problems } = takeBenchOutput(argv);
    const loaded = loadConfig({ env: io.env, flags: rest });
    const all = [...problems, ...(loaded.ok ? [] : loaded.problems)];
    printProblems(io, all);
    if (!loaded.ok || all.length > 0) return 2;
    const profiles = [...new Set(made.runs.map(({ profile }) => profile))];
    const prepared = await prepareBenchOutput(options, loaded.config, io, profiles);
    if (prepared.ok) return prepared.finish(made);
    printProblems(io, prepared.problems);
    return 2;
  };

const bench = (made: BenchReport, ...argv: string[]) => runCommand(benchOf(made), argv);

/** Five runs around a rate and a P50, each a little off. */
const five = (factor: number): BenchReport =>
  report(
    ...[0.98, 0.99, 1, 1.01, 1.02].map((noise) =>
      run({
        ...figures(5000, 0, 850 / (factor * noise), 45 * factor * noise),
        server: {
          cpuRatio: { average: 0.5, max: 0.75 },
          memoryBytes: { average: 1024 ** 3, max: 1.5 * 1024 ** 3 },
        },
        tools: [{ tool: 'get_user', ...figures(5000, 0, 850, 45 * factor * noise) }],
      }),
    ),
  );

describe('the options of the output', () => {
  it.each([
    [['--fail-on', 'p98>1x'], '--fail-on "p98>1x": want one of p50, p75, p90'],
    [['--output', 'report.xml'], '--output: want a file that ends in .json, .md, .txt, got "report.xml"'],
    [
      ['--json', '--markdown'],
      '--json: want it without --markdown, got both; --output FILE.md writes a second form',
    ],
    [['--compare'], '--compare: want a value, got none'],
    [['--compare', '/nowhere.json'], '--compare /nowhere.json: want a readable file, got none (no such file'],
    [
      ['--push', 'ftp://u:secret@x'],
      '--push: want the admin URL of a sidecar such as http://127.0.0.1:9464, got another text',
    ],
    [['--fail-on', 'regression'], '--fail-on regression: want --compare FILE beside it, got none'],
    [['--push', 'http://a', '--push', 'http://b'], '--push: want it once, got it 2 times'],
    [
      ['--fail-on', 'p75>1.2x'],
      '--fail-on p75>1.2x: want a figure that the baseline states of medium, got P75; give a value such as 300ms',
    ],
    [
      ['--output', '/nowhere/report.json'],
      '--output /nowhere/report.json: want a directory that can be written to, got: no such file or directory',
    ],
    [['--baseline', '/nowhere.yaml'], '/nowhere.yaml: want a readable file, got none (no such file)'],
  ])('%j fail before anything is measured', async (argv, problem) => {
    const { code, out, err } = await bench(report(run()), ...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`mcp-vitals: ${problem}`);
    expect(err).not.toContain('secret');
  });

  it('are all looked at', async () => {
    const { err } = await bench(report(run()), '--fail-on', 'p1>1x,p99>5%', '--output', 'x', '--push', 'y');
    expect(err.trim().split('\n').length).toBe(4);
  });

  it('leave the others to the command, and what is behind -- alone', () => {
    const argv = [
      'heavy',
      '--runs',
      '5',
      '--fail-on=p99>1.2x',
      '--fail-on',
      'errors>1%',
      '--',
      'node',
      '--json',
    ];
    const { options, rest } = takeBenchOutput(argv);
    expect(rest).toEqual(['heavy', '--runs', '5', '--', 'node', '--json']);
    expect(options).toMatchObject({ format: 'table' });
    expect(options.thresholds.map(({ text }) => text)).toEqual(['p99>1.2x', 'errors>1%']);
  });
});

describe('a report on the terminal', () => {
  it('has live figures beside the baseline, with the table that they are from', async () => {
    const { code, out, err } = await bench(report(run()));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(await readFile(join(import.meta.dirname, 'golden/bench-table.txt'), 'utf8'));
  });

  it('of repeated runs has their spread', async () => {
    const { out } = await bench(five(1));
    expect(out).toMatch(/MEDIAN OF 5 +BASELINE +RATIO +VERDICT +SPREAD OF THE RUNS/);
    expect(out).toMatch(/P99 +270 ms +280 ms +0\.964× +as expected +265 ms – 275 ms, CV 1\.58 %/);
  });

  it('of a partial run says so, and fails', async () => {
    const end = { how: 'interrupted', why: 'Ctrl-C after 12 s of 30 min' } as const;
    const { code, out } = await bench(report(run({ end })));
    expect(code).toBe(1);
    expect(out).toContain('PARTIAL: interrupted: Ctrl-C after 12 s of 30 min');
  });

  it('breaks errors down, beside the document where it does', async () => {
    const errors = { connection_timeout: 30, tool_error: 10 };
    const failing = run({ profile: 'sustained', ...figures(5000, 40, 850, 45), errors });
    const { out } = await bench(report(failing));
    expect(out).toContain(
      '40 errors of 5,000 requests: connection_timeout 30 (75 %; baseline 51 %), tool_error 10 (25 %)',
    );
  });

  it('has no line that is wider than it should be, and no control character of the server', async () => {
    const long = 'x'.repeat(300);
    const { out } = await bench(
      report(run({ target: { address: 'http://a/', server: `${long}\u001b[31m` } })),
    );
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
    expect(out).not.toContain('\u001b');
  });
});

describe('a threshold', () => {
  it('that does not hold is a line each and exit code 1', async () => {
    const { code, err } = await bench(
      five(2),
      '--fail-on',
      'p99>1.2x',
      '--fail-on',
      'throughput<0.9x,errors>1%',
    );
    expect(code).toBe(1);
    expect(err).toBe(
      'mcp-vitals: p99>1.2x: medium: P99 is 540 ms, 1.93× the 280 ms of Baseline Performance Metrics, Baseline Results\n' +
        'mcp-vitals: throughput<0.9x: medium: throughput is 425/s, 0.5× the 850/s of Baseline Performance Metrics, Baseline Results\n',
    );
  });

  it('that holds is exit code 0', async () => {
    expect(await bench(five(1), '--fail-on', 'p99>1.2x,errors>1%')).toMatchObject({ code: 0, err: '' });
  });
});

describe('as JSON', () => {
  it('is the report itself, on the standard output and in a file', async () => {
    const { out } = await bench(five(1), '--json', '--output', at('report.json'));
    expect(readBenchReport('out', out)).toEqual({ ok: true, value: five(1) });
    expect(await readFile(at('report.json'), 'utf8')).toBe(out);
  });
});

describe('as Markdown', () => {
  it('says in its first line what a reviewer wants to know', async () => {
    await writeFile(at('old.json'), renderBenchJson(five(1)));
    const { code, out } = await bench(
      five(1.3),
      '--markdown',
      '--compare',
      at('old.json'),
      '--fail-on',
      'p99>1.2x',
    );
    expect(code).toBe(1);
    expect(out.split('\n')[0]).toBe('## Load test medium: 1 threshold does not hold, 5 of 6 figures worse');
    expect(out).toContain('| P99 | **351 ms** | 280 ms | 1.25× | **slower** |');
  });

  it('shows names of others and does not obey them', async () => {
    const tools = [{ tool: 'a|b @all <img> [x](y)', ...figures(5000, 0, 850, 45) }];
    const { out } = await bench(report(run({ tools })), '--markdown');
    expect(out).toContain('a\\|b @\u200Ball \\<img\\> \\[x\\](y)');
  });
});

describe('--compare', () => {
  const compare = async (before: BenchReport, now: BenchReport, ...argv: string[]) => {
    await writeFile(at('before.json'), renderBenchJson(before));
    const { code, out, err } = await bench(now, '--compare', at('before.json'), ...argv);
    return { code, err, out: out.slice(out.search(/compared with/i)) };
  };

  it('says slower after a test, with the ratio and its interval', async () => {
    const { code, out } = await compare(five(1), five(1.1));
    expect(code).toBe(0);
    expect(out).toMatch(/ {2}P99 +270 ms +297 ms +1\.1× +slower \(p 0\.048\) +1\.07× – 1\.13× \(97 %\)/);
    expect(out).toMatch(/ {2}throughput +850\/s +773\/s +0\.909× +lower \(p 0\.048\)/);
  });

  it('fails a pipeline that asked for it, with a line for each figure that became worse', async () => {
    const slower = await compare(five(1), five(1.1), '--fail-on', 'regression');
    expect(slower.code).toBe(1);
    expect(slower.err.split('\n')).toContain(
      'mcp-vitals: regression: medium: P99 from 270 ms to 297 ms (1.1×, p 0.048)',
    );
    expect(await compare(five(1.1), five(1), '--fail-on', 'regression')).toMatchObject({ code: 0, err: '' });
  });

  it('does not let a pipeline pass on too few runs', async () => {
    expect(await compare(report(run()), report(run()), '--fail-on', 'regression')).toMatchObject({
      code: 1,
      err: 'mcp-vitals: regression: medium: cannot tell with so few runs, want 5 of each or more (--runs)\n',
    });
  });

  it('says that it cannot tell with too few runs', async () => {
    const { out } = await compare(report(run()), report(run(figures(5000, 0, 100, 450))));
    expect(out).toMatch(/P99 +270 ms +2,700 ms +10× +cannot tell with 1 and 1 runs: needs 5 and 5/);
  });

  it('warns of another machine, load and server', async () => {
    const { machine, plan } = run();
    const other = run({ machine: { ...machine, cpus: 8 }, plan: { ...plan, users: 10 }, era: 'legacy' });
    const { out } = await compare(report(run()), report(other));
    expect(out).toContain(
      'medium: another machine: 2 × Example CPU with 8 GiB, now 8 × Example CPU with 8 GiB',
    );
    expect(out).toContain('medium: another users: 50, now 10');
    expect(out).toContain('medium: another protocol era: modern, now legacy');
  });

  it('says so where a server did not recover, which has no time that could be compared', async () => {
    const lost = run({ recovery: { recovered: false, watchedSeconds: 300 } });
    const { out } = await compare(report(run({ recovery: { recovered: true, seconds: 40 } })), report(lost));
    expect(out).toContain('medium: 0 earlier and 1 later runs did not recover');
  });

  it('leaves partial runs out, and says which profiles are in one report only', async () => {
    const cut = run({ end: { how: 'aborted', why: 'too many errors' } });
    const { out } = await compare(
      report(...five(1).runs, cut),
      report(...five(1).runs, run({ profile: 'heavy' })),
    );
    expect(out).toContain('medium: 1 partial run is left out');
    expect(out).toContain('heavy: not in the earlier report, so not compared');
    expect(out).toMatch(/P99 +270 ms +270 ms +1× +no difference shown \(p 1\.000\)/);
  });
});

describe('--save-baseline', () => {
  it('writes a file that check, baseline print and the next run take', async () => {
    const path = at('my.yaml');
    const { code, err } = await bench(five(1), '--save-baseline', path);
    expect(code).toBe(0);
    expect(err).toBe(
      `baseline written to ${path}; use it by --baseline ${path}\n  results.errorRatio: kept, no request failed\n`,
    );
    expect(await runCommand(check, ['--baseline', path])).toMatchObject({ code: 0, err: '' });
    const { results, tools, sustained } = parse(
      (await runCommand(baseline, ['print', '--baseline', path])).out,
    );
    expect(results).toEqual({
      ...documentTables.results,
      source: 'mcp-vitals bench 2026-11-27, profile medium',
      throughputPerSecond: 850,
      p50Ms: 45,
      p95Ms: 135,
      p99Ms: 270,
      p999Ms: 630,
      cpuRatio: 0.5,
      memoryGib: 1,
    });
    expect(tools.get_user).toMatchObject({ p99Ms: 270, databaseQueries: 1, throughputPerSecond: 1200 });
    expect(sustained).toEqual(documentTables.sustained);
    const { out } = await bench(five(1), '--baseline', path);
    expect(out).toMatch(/P99 +270 ms +270 ms +1× +as expected/);
    expect(out).toContain('profile medium');
    expect(out).not.toContain("The document's figures are of");
  });

  it('never overwrites a file, unless it is forced', async () => {
    const path = at('mine.yaml');
    await writeFile(path, 'results: { p99Ms: 400, poolRatio: 0.3 }\n');
    const { code, err } = await bench(five(1), '--save-baseline', path);
    expect({ code, err }).toEqual({
      code: 2,
      err: `mcp-vitals: --save-baseline ${path}: want a file that is not there yet, got one; --force overwrites it\n`,
    });
    expect(await readFile(path, 'utf8')).toContain('400');
  });

  it('keeps what was not measured of the baseline in force', async () => {
    const path = at('kept.yaml');
    await writeFile(path, 'results: { p99Ms: 400, poolRatio: 0.3 }\ntools: { search: { p99Ms: 90 } }\n');
    await bench(five(1), '--baseline', path, '--save-baseline', path, '--force');
    const own = parse(await readFile(path, 'utf8'));
    expect(own.results).toMatchObject({ p99Ms: 270, poolRatio: 0.3 });
    expect(own.tools.search).toEqual({ p99Ms: 90 });
  });

  it('fills the tables of the load tests', async () => {
    const phases = ['baseline', 'spike', 'recovery'].map((phase) => ({
      phase,
      durationSeconds: 60,
      intendedPerSecond: 100,
      ...figures(6000, 6, 99, 20),
    }));
    const hours = [1, 2].map((hour) => ({
      hour,
      durationSeconds: 3600,
      ...figures(6000, 6, 99, 20),
      memoryBytes: { average: 1024 ** 3, max: 1024 ** 3 },
      connections: { average: 40, max: 41 },
    }));
    const made = report(
      run({ profile: 'sustained', intendedPerSecond: 850, ...figures(9000, 9, 849, 20) }),
      run({
        profile: 'spike',
        phases,
        recovery: { recovered: true, seconds: 12 },
        errors: { circuit_open: 3 },
        requests: 5003,
      }),
      run({ profile: 'endurance', hours, intendedPerSecond: 400 }),
      run({
        profile: 'scaling',
        scaling: [1, 2].map((instances) => ({ instances, ...figures(900, 0, 500 * instances, 20) })),
      }),
      run({
        profile: 'tools',
        tools: [
          { tool: 'process_batch', batchSize: 10, ...figures(900, 0, 80, 20) },
          { tool: 'search', ...figures(900, 0, 80, 20) },
        ],
      }),
    );
    const path = at('tables.yaml');
    expect(await bench(made, '--save-baseline', path)).toMatchObject({ code: 0 });
    const { sustained, spike, endurance, horizontal, tools, results } = parse(
      (await runCommand(baseline, ['print', '--baseline', path])).out,
    );
    expect(results).toMatchObject({ throughputPerSecond: 849, errorRatio: 0.001 });
    expect(sustained).toMatchObject({
      requestsPerSecond: 850,
      failedRequests: 9,
      errors: { internal_error: 9 },
    });
    expect(sustained.latencyMs).toMatchObject({ min: 5, p50Ms: 20, p75: 34, max: 1000 });
    expect(spike).toMatchObject({ recoverySeconds: 12, circuitOpenings: 3 });
    expect(spike.phases[1]).toEqual({
      phase: 'spike',
      durationMinutes: 1,
      targetPerSecond: 100,
      actualPerSecond: 99,
      p99Ms: 120,
      errorRatio: 0.001,
    });
    expect(endurance.rows[1]).toMatchObject({ hour: 2, memoryGib: 1, connections: 40 });
    expect(horizontal.rows[1]).toMatchObject({ instances: 2, efficiencyRatio: 1, costPerHour: 0.4 });
    expect(tools.process_batch).toMatchObject({ batches: [{ size: 10, batchesPerSecond: 80, p99Ms: 120 }] });
    expect(tools.search).toMatchObject({ throughputPerSecond: 80, p99Ms: 120 });
  });

  it('is not made of a run in which requests failed', async () => {
    const failing = report(run(figures(5000, 500, 765, 45)));
    const { code, err } = await bench(failing, '--save-baseline', at('failing.yaml'));
    expect(code).toBe(1);
    expect(err).toContain(
      'failing.yaml: want at most 5 % of requests to fail in what becomes a baseline, got 10 % in medium; not written',
    );
    await expect(readFile(at('failing.yaml'))).rejects.toThrow('ENOENT');
  });

  it('is not made of partial runs', async () => {
    const end = { how: 'aborted', why: 'too many errors' } as const;
    const { code, err } = await bench(report(run({ end })), '--save-baseline', at('partial.yaml'));
    expect(code).toBe(1);
    expect(err).toContain('want complete runs, got 1 partial; not written');
  });
});
