// `npm run evaluate:detectors`: how far the leak detectors can be trusted, beside the usual methods.
import { classesOf } from './classes.ts';
import { explain } from './explain.ts';
import { seriesIds } from './generate.ts';
import type { JudgedSeries } from './judge.ts';
import { judgeAll } from './judge-pool.ts';
import { listMisses } from './misses.ts';
import { readOptions, USAGE, type Options } from './options.ts';
import { markdownReport, terminalReport } from './report.ts';
import type { Kind } from './series-id.ts';
import { summarize } from './summary.ts';

function progress(kind: Kind, total: number): (done: number) => void {
  const startedMs = performance.now();
  let shown = 0;
  return (done) => {
    if (done < total && done < shown + total / 10) return;
    shown = done;
    const seconds = (performance.now() - startedMs) / 1000;
    process.stderr.write(`${kind}: ${done} of ${total} series in ${seconds.toFixed(0)} s\n`);
  };
}

async function judgeKind(options: Options, kind: Kind): Promise<readonly JudgedSeries[]> {
  const { family, seed, series, className, stepMs, competitors, threads } = options;
  const ids = seriesIds(family, seed, kind, series, className);
  return await judgeAll(ids, { stepMs, competitors }, threads, progress(kind, ids.length));
}

function kindsOf({ kinds, className }: Options): readonly Kind[] {
  if (className === undefined) return kinds;
  const having = kinds.filter((kind) => classesOf(kind).some(({ name }) => name === className));
  return having.length === 0 ? kinds : having;
}

async function run(options: Options): Promise<void> {
  const judged = new Map<Kind, readonly JudgedSeries[]>();
  for (const kind of kindsOf(options)) judged.set(kind, await judgeKind(options, kind));
  const summaries = [...judged].map(([kind, series]) => summarize(kind, series));
  if (options.output === 'json') {
    const { family, seed } = options;
    const text = JSON.stringify({ family, seed, summaries, series: [...judged.values()].flat() });
    process.stdout.write(`${text}\n`);
    return;
  }
  const report = options.output === 'markdown' ? markdownReport : terminalReport;
  process.stdout.write(`${report(summaries)}\n`);
  if (!options.misses) return;
  for (const [kind, series] of judged) {
    process.stdout.write(`\nWrong on ${kind}:\n${listMisses(series).join('\n')}\n`);
  }
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(`${USAGE}\n`);
  else if (options.explain !== undefined) {
    process.stdout.write(`${explain(options.explain, options.stepMs)}\n`);
  } else await run(options);
} catch (error) {
  process.stderr.write(`evaluate: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
