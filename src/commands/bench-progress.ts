import type { LoadProgress } from '../bench/load-parts.ts';
import { isScreen, wantsColor, type ViewStream } from './live-view.ts';
import { count, figure, paint, type Span } from './terminal-table.ts';

/** How far a bench is. */
export interface BenchProgress extends LoadProgress {
  readonly profile: string;
  /** Number of the run, from 1, of how many. */
  readonly run: readonly [number: number, of: number];
}

/** Shows how a bench goes on. */
export interface ProgressView {
  readonly show: (progress: BenchProgress) => void;
  /** Writes a line that stays. */
  readonly say: (line: string) => void;
  /** Takes the bar away. */
  readonly clear: () => void;
}

const BAR = 24;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;
/** Between two lines where there is no terminal. */
const LINE_MS = 5000;

const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
};
const percent = (ratio: number): string => `${(ratio * 100).toPrecision(ratio >= 0.1 ? 3 : 2)} %`;

function bar(ratio: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, ratio)) * BAR * 8);
  const full = '█'.repeat(Math.floor(eighths / 8));
  return (full + (EIGHTHS[eighths % 8] ?? '')).padEnd(BAR, ' ');
}

/** The name of what runs: `spike · recovery`, with the number of the run where there are several. */
function title({ profile, stage, run: [number, of] }: BenchProgress): string {
  const runs = of > 1 ? ` ${number}/${of}` : '';
  return stage === profile ? `${profile}${runs}` : `${profile}${runs} · ${stage}`;
}

/** The figures of the last seconds as text, the most important first. */
function figures(progress: BenchProgress): readonly (readonly [text: string, isBad: boolean])[] {
  const { recent, aimPerSecond, inFlight, waiting, errors, requests } = progress;
  const isBehind =
    aimPerSecond !== undefined && progress.elapsedMs > 5000 && recent.perSecond < aimPerSecond * 0.8;
  const aim = aimPerSecond === undefined ? '' : ` of ${count(aimPerSecond)}`;
  return [
    [`${count(recent.perSecond)}${aim} req/s`, isBehind],
    [`P99 ${figure(recent.p99Ms)} ms`, false],
    [
      errors === 0 ? 'no errors' : `${count(errors)} errors (${percent(errors / Math.max(1, requests))})`,
      errors > 0,
    ],
    [`${count(inFlight)} in flight`, false],
    ...(waiting > 0 ? ([[`${count(waiting)} waiting`, true]] as const) : []),
  ];
}

const elapsed = ({ elapsedMs, totalMs }: BenchProgress): string =>
  totalMs === undefined ? clock(elapsedMs) : `${clock(elapsedMs)} of ${clock(totalMs)}`;

/** One line for a log. */
export const progressLine = (progress: BenchProgress): string =>
  `${title(progress)} ${Math.floor(progress.doneRatio * 100)} % after ${clock(progress.elapsedMs)}: ` +
  figures(progress)
    .map(([text]) => text)
    .join(', ');

/** The lines of the terminal, at most so wide. */
export function progressFrame(progress: BenchProgress, columns: number, color: boolean): readonly string[] {
  const head: Span = [
    ['  ', 'plain'],
    [title(progress), 'strong'],
  ];
  const barLine: Span = [
    ['  ', 'plain'],
    [bar(progress.doneRatio), 'plain'],
    [`▏ ${String(Math.floor(progress.doneRatio * 100)).padStart(3)} %  `, 'plain'],
    [elapsed(progress), 'faint'],
  ];
  const shown = figures(progress);
  const rows: Span[] = [];
  let row: Span = [];
  let width = 0;
  for (const [text, isBad] of shown) {
    if (width > 0 && width + text.length + 3 > columns - 2) {
      rows.push(row);
      row = [];
      width = 0;
    }
    row = [...row, [width === 0 ? '  ' : '   ', 'plain'], [text, isBad ? 'bad' : 'plain']];
    width += text.length + 3;
  }
  return [head, barLine, ...rows, row].map((span) => paint(span, columns, color));
}

/** Shows progress on a terminal, refreshed in place, and as a line every few seconds elsewhere. */
export function startProgress(stream: ViewStream, env: NodeJS.ProcessEnv): ProgressView {
  if (!isScreen(stream, env)) {
    let shownMs = -Infinity;
    let shownStage = '';
    return {
      show: (progress) => {
        const key = title(progress);
        const nowMs = performance.now();
        if (nowMs - shownMs < LINE_MS && (key === shownStage || nowMs - shownMs < 1000)) return;
        shownMs = nowMs;
        shownStage = key;
        stream.write(`${progressLine(progress)}\n`);
      },
      say: (line) => void stream.write(`${line}\n`),
      clear: () => {},
    };
  }
  const color = wantsColor(stream, env);
  let height = 0;
  const clear = (): void => {
    if (height > 0) stream.write(`\u001B[${height}A\r\u001B[J`);
    height = 0;
  };
  return {
    show: (progress) => {
      const columns = stream.columns ?? 80;
      const lines = progressFrame(progress, columns, color);
      const up = height > 0 ? `\u001B[${height}A\r` : '';
      // Each line clears what is left of the old one: nothing is blanked first, so nothing flickers.
      stream.write(`${up}${lines.map((line) => `${line}\u001B[K\n`).join('')}\u001B[J`);
      height = lines.length;
    },
    say: (line) => {
      clear();
      stream.write(`${line}\n`);
    },
    clear,
  };
}
