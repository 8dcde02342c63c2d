import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { configurationRemarks } from '../baselines/configuration-remarks.ts';
import { documentTables } from '../baselines/document-tables.ts';
import { expectProfile, type BaselineFigures } from '../baselines/expect-profile.ts';
import type { BenchReport, BenchRun } from '../bench/bench-report.ts';
import { checkThresholds } from '../bench/check-thresholds.ts';
import { compareReports } from '../bench/compare-reports.ts';
import {
  compareWithBaseline,
  runsByProfile,
  type ProfileComparison,
} from '../bench/compare-with-baseline.ts';
import { readBenchReport } from '../bench/read-bench-report.ts';
import { regressionLines } from '../bench/regression-lines.ts';
import { renderBenchJson } from '../bench/render-json.ts';
import { renderBenchMarkdown } from '../bench/render-markdown.ts';
import type { BenchFindings } from '../bench/report-blocks.ts';
import { summariseRuns } from '../bench/summarise-runs.ts';
import { unmetThresholds } from '../bench/unmet-thresholds.ts';
import type { Config } from '../config/config.ts';
import { BENCH_PUSH_VERSION, MOST_PROFILES } from '../model/bench-summary.ts';
import { failureText } from '../model/failure-text.ts';
import { renderBenchTable } from './bench-table.ts';
import { exitCode, printProblems, type CommandIo } from './command.ts';
import { wantsColor, type ViewStream } from './live-view.ts';
import { pushBench } from './push-bench.ts';
import { readBaseline } from './read-baseline.ts';
import { isThere, saveBaseline, takenText } from './save-baseline.ts';
import type { BenchOutputOptions, ReportFormat } from './take-bench-output.ts';

/** Width of a table that goes to a file or a pipe. */
const PLAIN_WIDTH = 110;
const WIDEST = 140;

/** What is done with a report, or every reason why it could not be. */
export type PreparedBenchOutput =
  | { readonly ok: true; readonly finish: (report: BenchReport) => Promise<number> }
  | { readonly ok: false; readonly problems: readonly string[] };

const isLocal = ({ transport, target }: BenchRun): boolean =>
  transport === 'stdio' || /^https?:\/\/(?:localhost|127\.|\[::1\])/.test(target.address);

/** Headings of the document: what stands under another is the user's own, measured on the server itself. */
const documentSources = new Set(
  [...Object.values(documentTables), ...Object.values(documentTables.tools)].flatMap((table) =>
    'source' in table && typeof table.source === 'string' ? [table.source] : [],
  ),
);

/** Whether a figure that says something of the machine is held against the document's. */
const isOfDocument = ({ figures }: ProfileComparison): boolean =>
  figures.some(
    ({ measure, expected }) =>
      expected !== undefined && measure !== 'errors' && documentSources.has(expected.source),
  );

function compared(report: BenchReport, baseline: BaselineFigures, { server }: Config): ProfileComparison[] {
  return [...runsByProfile(report.runs).values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const { profile: name, intendedPerSecond, machine, plan } = first;
    const expected = expectProfile(baseline, {
      name,
      ...(intendedPerSecond !== undefined && { intendedPerSecond }),
    });
    const comparison = compareWithBaseline([first, ...others], expected);
    if (!isOfDocument(comparison)) return [{ ...comparison, remarks: [] }];
    const conditions = { ...machine, isLocal: isLocal(first), timeScale: plan.timeScale };
    const remarks = configurationRemarks(baseline.tables, server, conditions);
    return [{ ...comparison, remarks: [...comparison.remarks, ...remarks] }];
  });
}

function rendered(findings: BenchFindings, format: ReportFormat, width = PLAIN_WIDTH, color = false): string {
  switch (format) {
    case 'table':
      return renderBenchTable(findings, width, color);
    case 'markdown':
      return renderBenchMarkdown(findings);
    case 'json':
      return renderBenchJson(findings.report);
    default:
      return format satisfies never;
  }
}

async function readEarlier(path: string) {
  try {
    return readBenchReport(path, await readFile(path, 'utf8'));
  } catch (error) {
    const problems = [`--compare ${path}: want a readable file, got none (${failureText(error)})`];
    return { ok: false, problems } as const;
  }
}

/** Why no file can be made at a path: better known now than after the run. */
async function unwritable(option: string, path: string): Promise<string[]> {
  try {
    await access(dirname(path), constants.W_OK);
    return [];
  } catch (error) {
    return [`${option} ${path}: want a directory that can be written to, got: ${failureText(error)}`];
  }
}

/**
 * Checks all that is to be done with the figures before any is measured, and gives the function that does it and
 * resolves to the exit code: 1 for a threshold that does not hold, a partial run, or something that could not be written.
 * @param profiles names of the profiles that will run.
 */
export async function prepareBenchOutput(
  options: BenchOutputOptions,
  config: Config,
  io: CommandIo,
  profiles: readonly string[],
): Promise<PreparedBenchOutput> {
  const { thresholds, compare, saveBaseline: savePath, force, push } = options;
  const problems: string[] = [];
  const baseline = readBaseline(config);
  if (baseline.ok) {
    problems.push(
      ...profiles.flatMap((name) => unmetThresholds(name, expectProfile(baseline, { name }), thresholds)),
    );
  } else problems.push(...baseline.problems);
  if (savePath !== undefined) {
    problems.push(...(await unwritable('--save-baseline', savePath)));
    if (!force && (await isThere(savePath))) problems.push(takenText(savePath));
  }
  for (const { path } of options.files) problems.push(...(await unwritable('--output', path)));
  const earlier = compare === undefined ? undefined : await readEarlier(compare);
  if (earlier?.ok === false) problems.push(...earlier.problems);
  if (!baseline.ok || problems.length > 0) return { ok: false, problems };

  const finish = async (report: BenchReport): Promise<number> => {
    const comparisons = compared(report, baseline, config);
    const change =
      compare !== undefined && earlier?.ok === true
        ? { from: compare, found: compareReports(earlier.value, report) }
        : undefined;
    const findings: BenchFindings = {
      report,
      comparisons,
      ...(change && { change }),
      breaches: [
        ...checkThresholds(comparisons, thresholds),
        ...(options.failsOnRegression && change ? regressionLines(change.found) : []),
      ],
    };
    const stdout: ViewStream = io.stdout;
    const width = Math.min(stdout.columns ?? PLAIN_WIDTH, WIDEST);
    // What a table would say of thresholds stands on the standard error, where a pipeline's log shows it in any case.
    const shown = options.format === 'table' ? { ...findings, breaches: [] } : findings;
    io.stdout.write(rendered(shown, options.format, width, wantsColor(stdout, io.env)));

    const failed: string[] = [];
    for (const { path, format } of options.files) {
      try {
        await writeFile(path, rendered(findings, format));
      } catch (error) {
        failed.push(`--output ${path}: want it written, got: ${failureText(error)}`);
      }
    }
    if (savePath !== undefined) {
      const saved = await saveBaseline(savePath, { force, version: report.version }, baseline, comparisons);
      if (saved.ok) {
        io.stderr.write(`baseline written to ${savePath}; use it by --baseline ${savePath}\n`);
        for (const remark of saved.remarks) io.stderr.write(`  ${remark}\n`);
      } else failed.push(...saved.problems);
    }
    if (push !== undefined && comparisons.length > 0) {
      const summaries = comparisons.flatMap(({ runs: [first, ...others] }) =>
        first === undefined ? [] : [summariseRuns([first, ...others])],
      );
      const pushed = {
        schemaVersion: BENCH_PUSH_VERSION,
        profiles: summaries.slice(-MOST_PROFILES),
      } as const;
      const problem = await pushBench(push, pushed, config.admin.token);
      if (problem === undefined) io.stderr.write(`pushed to ${push.href}\n`);
      else failed.push(problem);
    }
    printProblems(io, [...findings.breaches, ...failed]);
    const isPartial = report.runs.some(({ end }) => end.how !== 'complete');
    const isFailed = failed.length + findings.breaches.length > 0 || isPartial;
    return isFailed ? exitCode.failed : exitCode.ok;
  };
  return { ok: true, finish };
}
