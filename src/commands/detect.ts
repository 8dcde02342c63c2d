import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { whyUnreadable } from '../config/read-yaml.ts';
import { readSeriesCsv } from '../fleet/series-csv.ts';
import { systemClock } from '../model/clock.ts';
import { exitCode, printProblems, type CommandIo } from './command.ts';
import { detectInRange, detectInSamples, type Findings } from './detect-offline.ts';
import { readDetectOptions, type DetectOptions, type ReportOptions } from './detect-options.ts';
import { watchedQueries } from './detect-queries.ts';
import { findingJson, isAsBadAs, renderExplanations, worstFirst } from './detect-report.ts';
import { renderFindings } from './detect-table.ts';
import { runDetectService } from './detect-service.ts';
import { errorMessage } from './error-text.ts';
import { wantsColor, type ViewStream } from './live-view.ts';
import { untilSignal } from './signals.ts';

/** Name of the file that stands for the standard input. */
const STDIN = '-';
/** A wider line is harder to follow than a shorter one. */
const WIDEST = 120;

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Says what was found; the exit code says whether it is as bad as `--fail-on`. */
function report(
  { findings, notes, failures }: Findings,
  range: Range,
  options: ReportOptions,
  io: CommandIo,
): number {
  const { json, explain, failOn } = options;
  const stdout: ViewStream = io.stdout;
  if (json) {
    const verdicts = worstFirst(findings).map(findingJson);
    stdout.write(`${JSON.stringify({ ...range, verdicts, notes, failures }, undefined, 2)}\n`);
  } else if (findings.length > 0) {
    const layout = { width: Math.min(stdout.columns ?? 80, WIDEST), color: wantsColor(stdout, io.env) };
    stdout.write(renderFindings(findings, range, layout));
    for (const each of renderExplanations(findings, range.toMs, explain, layout)) stdout.write(`\n${each}`);
  }
  if (!json) printProblems(io, notes);
  printProblems(io, failures);
  if (findings.length === 0 && failures.length === 0) {
    printProblems(io, ['want series to conclude of, got none']);
  }
  if (failures.length > 0 || findings.length === 0) return exitCode.failed;
  const isBad = failOn !== undefined && findings.some(({ verdict }) => isAsBadAs(verdict.state, failOn));
  return isBad ? exitCode.failed : exitCode.ok;
}

async function readCsv(file: string): Promise<string> {
  if (file === STDIN) return text(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`${file}: want a readable file, got none (${whyUnreadable(error)})`, { cause: error });
  }
}

async function detectInFile(
  { config, report: how, file }: Extract<DetectOptions, { mode: 'csv' }>,
  io: CommandIo,
): Promise<number> {
  const read = readSeriesCsv(file === STDIN ? 'stdin' : file, await readCsv(file));
  if (!read.ok) {
    printProblems(io, read.problems);
    return exitCode.misused;
  }
  const [query] = config.detect.queries.flatMap(watchedQueries);
  if (query === undefined) throw new Error('detect: want settings for the file, got none');
  const finding = detectInSamples(query, read.samples, config.detect.intervalMs);
  const range = { fromMs: read.samples[0]?.atMs ?? 0, toMs: finding.lastMs };
  return report({ findings: [finding], notes: [], failures: [] }, range, how, io);
}

async function detectOverRange(
  { config, report: how, fromMs, toMs }: Extract<DetectOptions, { mode: 'range' }>,
  io: CommandIo,
): Promise<number> {
  const stopped = new AbortController();
  const done = new AbortController();
  void untilSignal(['SIGINT', 'SIGTERM'], done.signal).then((signal) =>
    stopped.abort(new Error(`stopped by ${signal} before all was asked for`)),
  );
  try {
    const range = { fromMs, toMs };
    return report(await detectInRange(config.detect, range, stopped.signal), range, how, io);
  } finally {
    done.abort();
  }
}

/**
 * `mcp-vitals detect`: concludes of series from a Prometheus or from a file, and shows the evidence; or does so again and
 * again for a fleet and exports the verdicts (`--serve`). Exit code 1 if a query failed, nothing was found, or a verdict
 * is as bad as `--fail-on`.
 */
export async function detect(argv: readonly string[], io: CommandIo): Promise<number> {
  const options = readDetectOptions(argv, io.env, systemClock.wallMs());
  if (!options.ok) {
    printProblems(io, options.problems);
    return exitCode.misused;
  }
  try {
    switch (options.mode) {
      case 'service':
        return await runDetectService(options.config, io);
      case 'csv':
        return await detectInFile(options, io);
      case 'range':
        return await detectOverRange(options, io);
      default:
        return options satisfies never;
    }
  } catch (error) {
    printProblems(io, [errorMessage(error)]);
    return exitCode.failed;
  }
}
